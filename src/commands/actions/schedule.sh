# Puts a project's block into the user's crontab, or takes it out; the lines of others stay as they are.
# Arguments: job folder, marker, logs folder, bytes of run, env and block, number of commands, then for each its id
# and bytes, then the words of crontab. Input: run, env, block (empty: it is taken out) and the commands.
job=$1 marker=$2 logs=$3 run=$4 env=$5 block=$6 count=$7
shift 7
umask 077
mkdir -p "$job/commands" "$job/runs" "$logs" || exit 1
head -c "$run" >run && head -c "$env" >env && head -c "$block" >block || exit 1
ids=' '
while [ "$count" -gt 0 ]; do
  head -c "$2" >"command.$1" || exit 1
  ids="$ids$1 "
  count=$((count - 1))
  shift 2
done
put() { cmp -s "$1" "$2" || { cp "$1" "$2.new" && sync "$2.new" && mv -f "$2.new" "$2"; }; }
if [ -s block ]; then
  put run "$job/run" && put env "$job/env" || exit 1
  for id in $ids; do put "command.$id" "$job/commands/$id" || exit 1; done
fi
lock=$HOME/.cedar-crontab.lock
[ -w "$HOME" ] || lock=$job/../../crontab.lock
exec 8>>"$lock"
flock -w 60 8 || { echo "another project's schedule is being changed on this host"; exit 7; }
if ! LC_ALL=C "$@" -l >before 2>why 8>&-; then
  grep -q 'no crontab for' why || { cat why; echo "the crontab could not be read"; exit 8; }
  : >before
fi
LC_ALL=C awk -v begin="# BEGIN $marker" -v end="# END $marker" '
  function put(  line) { while ((getline line <"block") > 0) print line; done = 1 }
  $0 == begin { if (inside) exit 9; inside = 1; if (!done) put(); next }
  $0 == end { if (!inside) exit 9; inside = 0; next }
  !inside { print }
  END { if (inside) exit 9; if (!done) put() }
' before >after || { echo "the block of this project in the crontab has lost its first or last line: mend it by hand"; exit 9; }
if cmp -s before after; then
  echo "the crontab is as it should be"
elif [ -s after ]; then
  "$@" - <after 8>&- || { echo "the crontab was not accepted"; exit 8; }
  LC_ALL=C "$@" -l 2>/dev/null 8>&- | cmp -s - after || { echo "the crontab is not what was written"; exit 8; }
  [ -s block ] && echo "the block is in the crontab" || echo "the block is out of the crontab"
else
  "$@" -r 8>&- || exit 8
  echo "the crontab had nothing else and is gone"
fi
for file in "$job/commands/"*; do
  case $ids in *" ${file##*/} "*) ;; *) rm -f "$file" ;; esac
done
rm -f run env block before after why command.*
