# Starts one process of a project by its author's command, in a session of its own, so that it outlives everything of
# ours. Arguments: host path, project key, process, seconds, log folder, token, port or nothing, bytes of the
# environment, number of files. Input: the environment as lines of sh; for each file its path and bytes in lines of their own, then its text;
# the command. A command that goes on for so long is the program itself; one that ends must end well.
# Exit code: 0, 1 where the command failed (its own code is in the last line).
root=$1 key=$2 process=$3 seconds=$4 logs=$5 token=$6 port=$7 bytes=$8 files=$9
run=$(pwd)
own=$root/.cedar/$key
place=$own/files/$process
log=$logs/${key}_$process.log
environment=$(head -c "$bytes" && printf x) || exit 5
umask 077
rm -rf "$place.new" && mkdir -p "$place.new" || exit 5
while [ "$files" -gt 0 ]; do
  IFS= read -r path && IFS= read -r size || exit 5
  mkdir -p "$(dirname "$place.new/$path")" && head -c "$size" >"$place.new/$path" || exit 5
  files=$((files - 1))
done
command=$(cat && printf x) || exit 5
rm -rf "$place" && mv "$place.new" "$place" || exit 5
umask 022
mkdir -p "$logs" || exit 5
if [ -f "$log" ] && [ "$(wc -c <"$log")" -gt 52428800 ]; then mv -f "$log" "$log.1"; fi
before=$(wc -c 2>/dev/null <"$log" || echo 0)
rm -f "$own/stopped.$process" "$own/port.$process"
[ -z "$port" ] || echo "$port" >"$own/port.$process" || exit 5
cd "$root/$key" || exit 5
if [ -x /bin/bash ]; then set -- /bin/bash -eo pipefail; else set -- /bin/sh -e; fi
# Neither variables nor command stand in a file or in a list of processes: the shell reads them from a pipe.
setsid env -i HOME="$HOME" USER="$(id -un)" LANG=C.UTF-8 SHELL=/bin/sh TERM=dumb \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  CEDAR_INSTANCE="$key/$process" CEDAR_START="$token" /bin/sh -c '
    run=$1
    shift
    "$@" /dev/fd/3
    code=$?
    echo "$code" >"$run/ended.new" && mv "$run/ended.new" "$run/ended"
  ' start "$run" "$@" >>"$log" 2>&1 </dev/null 3<<END &
exec 3<&-
${environment%x}
${command%x}
END
tries=$((seconds * 10 + 10))
while [ ! -f "$run/ended" ] && [ "$tries" -gt 0 ]; do
  sleep 0.1
  tries=$((tries - 1))
done
tail -c "+$((before + 1))" "$log" 2>/dev/null | tail -c 16384
[ -f "$run/ended" ] || { echo "it goes on in the foreground"; exit 0; }
code=$(cat "$run/ended")
[ "$code" -eq 0 ] && exit 0
printf '\nexit code %s\n' "$code"
exit 1
