# Moves the project's supervisor file aside and makes supervisor forget its group, and no other.
# Arguments: target file, project key, lock file, asides folder, then the supervisorctl argv.
file=$1 key=$2 lock=$3 asides=$4
shift 4
mkdir -p "$asides" || exit 1
exec 8>>"$lock"
flock -w 300 8 || { echo "another project's configuration is being changed on this host"; exit 7; }
if [ -f "$file" ]; then
  aside=$asides/$(basename "$file").removed.$(date +%s)
  mv "$file" "$aside" || exit 1
  echo "$file is moved to $aside"
else
  echo "$file is not there"
fi
answer=$("$@" reread 2>&1 8>&-)
code=$?
printf '%s\n' "$answer"
case $answer in *ERROR*|*error:*) code=1 ;; esac
[ "$code" -eq 0 ] || { echo "supervisor refuses its files; the group is stopped but still loaded"; exit 8; }
answer=$("$@" update "$key" 2>&1 8>&-)
printf '%s\n' "$answer"
case $answer in
  *"no such group"*) exit 0 ;;
  *ERROR*|*error:*) exit 1 ;;
esac
exit 0
