# Writes the project's supervisor file from standard input and rereads; a file that breaks reread is taken back.
# Arguments: target file, project key, lock file, asides folder, log folder, then the supervisorctl argv.
file=$1 key=$2 lock=$3 asides=$4 logs=$5
shift 5
mkdir -p "$asides" "$logs" || exit 1
exec 8>>"$lock"
flock -w 60 8 || { echo "another project's configuration is being changed on this host"; exit 7; }
for other in "$(dirname "$file")"/*; do
  if [ "$other" != "$file" ] && [ -f "$other" ] && grep -q "^\[program:$key\]" "$other"; then
    echo "set aside: $other"
    mv "$other" "$asides/$(basename "$other").$(date +%s)" || exit 1
  fi
done
had=no
if [ -f "$file" ]; then had=yes; cp -p "$file" "$asides/$key.before" || exit 1; fi
umask 027
cat >"$file.cedar-new" && sync "$file.cedar-new" && mv -f "$file.cedar-new" "$file" || exit 1
answer=$("$@" reread 2>&1 8>&-)
code=$?
printf '%s\n' "$answer"
case $answer in *ERROR*|*error:*) code=1 ;; esac
if [ "$code" -ne 0 ]; then
  if [ "$had" = yes ]; then mv -f "$asides/$key.before" "$file"; else rm -f "$file"; fi
  "$@" reread >/dev/null 2>&1 8>&-
  echo "supervisor refused the new configuration; the old file is back"
  exit 8
fi
