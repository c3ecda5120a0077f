# Puts a project's schedule into a file of a cron.d folder that belongs to root, or takes it out.
# Arguments: job folder, file, user, logs folder, bytes of run, env and block, number of commands, then for each its
# id and bytes, then the words that run a command as root (none: this user is root). Input: run, env, block (empty: the file goes),
# commands. Root is asked for install, mv and rm alone.
job=$1 file=$2 user=$3 logs=$4 run=$5 env=$6 block=$7 count=$8
shift 8
head -c "$run" >run && head -c "$env" >env && head -c "$block" >block || exit 1
ids=' '
while [ "$count" -gt 0 ]; do
  head -c "$2" >"command.$1" || exit 1
  ids="$ids$1 "
  count=$((count - 1))
  shift 2
done
if ! [ -s block ]; then
  "$@" rm -f "$file" && echo "$file is gone" || exit 8
  exit 0
fi
umask 022
mkdir -p "$job/commands" && chmod 755 "$job" "$job/commands" || exit 1
"$@" install -d -o "$user" -m 755 "$job/runs" "$logs" || { echo "root may not be asked to install"; exit 8; }
for id in $ids; do cp "command.$id" "$job/commands/$id.new" && chmod 644 "$job/commands/$id.new" && mv -f "$job/commands/$id.new" "$job/commands/$id" || exit 1; done
cp run "$job/run.new" && chmod 644 "$job/run.new" && mv -f "$job/run.new" "$job/run" || exit 1
"$@" install -o "$user" -m 600 env "$job/env" || exit 8
# cron passes over names with a dot: the file is whole when it gets its own.
"$@" install -o root -g root -m 644 block "${file%/*}/.${file##*/}.new" && "$@" mv -f "${file%/*}/.${file##*/}.new" "$file" || exit 8
cmp -s block "$file" || { echo "$file is not what was written"; exit 8; }
echo "$file is written"
for one in "$job/commands/"*; do
  case $ids in *" ${one##*/} "*) ;; *) rm -f "$one" ;; esac
done
rm -f run env block command.*
