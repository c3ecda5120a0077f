# Puts back the project's supervisor file that `configure` set aside for an operation, and rereads.
# Arguments: target file, project key, lock file, asides folder, operation, then the supervisorctl argv.
# Input: the file's text where nothing was set aside; may be empty. May be repeated.
file=$1 key=$2 lock=$3 asides=$4 operation=$5
shift 5
umask 027
cat >input.file || exit 1
exec 8>>"$lock"
flock -w 300 8 || { echo "another project's configuration is being changed on this host"; exit 7; }
was=$asides/$key.was
if [ "$(cat "$was/operation" 2>/dev/null)" = "$operation" ]; then
  if [ -f "$was/file" ]; then
    cp -p "$was/file" "$file.cedar-new" && sync "$file.cedar-new" && mv -f "$file.cedar-new" "$file" || exit 1
    echo "the file of before is back"
  else
    rm -f "$file" || exit 1
    echo "there was no file before"
  fi
  for other in "$was/others"/*; do
    if [ -f "$other" ]; then cp -p "$other" "$(dirname "$file")/" && echo "back: $(basename "$other")" || exit 1; fi
  done
elif [ -s input.file ]; then
  cp input.file "$file.cedar-new" && sync "$file.cedar-new" && mv -f "$file.cedar-new" "$file" || exit 1
  echo "written as the operation before wrote it"
else
  echo "nothing was set aside by this operation"
  exit 10
fi
rm -f input.file
answer=$("$@" reread 2>&1 8>&-)
code=$?
printf '%s\n' "$answer"
case $answer in *ERROR*|*error:*) code=1 ;; esac
[ "$code" -eq 0 ] || exit 8
