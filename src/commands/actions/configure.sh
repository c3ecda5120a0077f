# Writes the project's supervisor file from standard input and rereads; a file that breaks reread is taken back.
# What was there before stays in the asides folder, under the operation's name, so that it can be put back.
# Arguments: target file, project key, lock file, asides folder, log folder, operation, then the supervisorctl argv.
file=$1 key=$2 lock=$3 asides=$4 logs=$5 operation=$6
shift 6
mkdir -p "$asides" "$logs" || exit 1
exec 8>>"$lock"
flock -w 300 8 || { echo "another project's configuration is being changed on this host"; exit 7; }
# What was there before is kept until supervisor has taken the new one, from one attempt to the next.
before=$asides/$key.before
others=$asides/$key.others
back() {
  if [ -f "$before" ]; then mv -f "$before" "$file"; else rm -f "$file"; fi
  if [ -d "$others" ]; then
    for other in "$others"/*; do [ -f "$other" ] && mv -f "$other" "$(dirname "$file")/"; done
    rmdir "$others"
  fi
  rm -f "$file.cedar-new" "$asides/$key.begun"
}
give_up() { back; exit "$1"; }
if ! [ -f "$asides/$key.begun" ]; then
  rm -f "$before" && rm -rf "$others" || exit 1
  if [ -f "$file" ]; then cp -p "$file" "$before.part" && mv -f "$before.part" "$before" || exit 1; fi
  : >"$asides/$key.begun" || exit 1
fi
umask 027
cat >"$file.cedar-new" && sync "$file.cedar-new" || give_up 1
for other in "$(dirname "$file")"/*; do
  if [ "$other" != "$file" ] && [ "$other" != "$file.cedar-new" ] && [ -f "$other" ] && grep -q "^\[program:$key\]" "$other"; then
    if [ "$(grep -cE '^\[(program|group|eventlistener|fcgi-program):' "$other")" -gt 1 ]; then
      echo "$other holds [program:$key] and others: take it out of there by hand"
      give_up 9
    fi
    echo "set aside: $other"
    mkdir -p "$others" && mv "$other" "$others/" || give_up 1
  fi
done
mv -f "$file.cedar-new" "$file" || give_up 1
answer=$("$@" reread 2>&1 8>&-)
code=$?
printf '%s\n' "$answer"
case $answer in *ERROR*|*error:*) code=1 ;; esac
if [ "$code" -ne 0 ]; then
  back
  "$@" reread >/dev/null 2>&1 8>&-
  echo "supervisor refused the new configuration; the old file is back"
  exit 8
fi
was=$asides/$key.was
if [ "$(cat "$was/operation" 2>/dev/null)" != "$operation" ]; then
  rm -rf "$was.part" && mkdir "$was.part" && echo "$operation" >"$was.part/operation" || exit 1
  if [ -f "$before" ]; then cp -p "$before" "$was.part/file" || exit 1; fi
  if [ -d "$others" ]; then cp -a "$others" "$was.part/others" || exit 1; fi
  rm -rf "$was" && mv -T "$was.part" "$was" && sync "$was" || exit 1
fi
if [ -d "$others" ]; then
  for other in "$others"/*; do [ -f "$other" ] && mv "$other" "$asides/$(basename "$other").$(date +%s)"; done
  rmdir "$others"
fi
rm -f "$before" "$asides/$key.begun"
