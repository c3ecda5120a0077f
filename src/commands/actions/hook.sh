# Runs a command of the project's author in a clean environment, for a bounded time, with its output capped.
# Arguments: folder, seconds, bytes of the environment. Input: the environment as lines of sh, then the command.
# Exit code: 0, 1 where the command failed (its own code is in the last line), 3 where its time was over.
folder=$1 seconds=$2
here=$(pwd)
trap 'rm -f "$here/env" "$here/command" "$here/pipe" "$here/ended"' EXIT
(umask 077 && head -c "$3" >"$here/env" && cat >"$here/command" && mkfifo "$here/pipe") || exit 5
cd "$folder" || exit 5
if [ -x /bin/bash ]; then set -- /bin/bash -eo pipefail; else set -- /bin/sh -e; fi
unbuffered=$(command -v stdbuf >/dev/null && echo 'stdbuf -o0')
{
  $unbuffered head -c 4194304
  more=$(wc -c)
  [ "$more" -eq 0 ] || printf '\n[gap] %s bytes left out\n' "$more"
} <"$here/pipe" &
reader=$!
timeout -k 5 "$seconds" env -i HOME="$HOME" USER="$(id -un)" LANG=C.UTF-8 SHELL=/bin/sh TERM=dumb \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -c '
    here=$1
    shift
    . "$here/env" && rm -f "$here/env"
    "$@" "$here/command"
    echo $? >"$here/ended"
  ' hook "$here" "$@" >"$here/pipe" 2>&1 </dev/null
# A daemon that the command left behind and that keeps its output open is not waited for.
tries=20
while kill -0 "$reader" 2>/dev/null && [ "$tries" -gt 0 ]; do
  sleep 0.1
  tries=$((tries - 1))
done
kill "$reader" 2>/dev/null
code=$(cat "$here/ended" 2>/dev/null)
if [ -z "$code" ]; then
  printf '\nended after %s s\n' "$seconds"
  exit 3
fi
[ "$code" -eq 0 ] && exit 0
printf '\nexit code %s\n' "$code"
exit 1
