#!/bin/sh
# CedarDeploy's guard on a host. One writer per project: it refuses a superseded worker (STALE), runs each key at
# most once, and answers a repeated key with what was recorded (REPLAY) instead of doing it again.
# Usage: guard.sh DIR; on standard input first the lines
#   VERB PROJECT FENCE KEY TIMEOUT NONCE ACTION_BYTES INPUT_BYTES
# then the action's bytes (sh) and the bytes that it reads from its standard input.
# The last line that it prints is: NONCE WORD RC AT FENCE   (AT: seconds of this host's clock at the run's begin)
mask=$(umask)
umask 077
base=$1
read -r verb project fence key timeout nonce action_bytes input_bytes || exit 64
dir=$base/projects/$project
new=$dir/new.$$
answer() { printf '\n%s %s %s %s %s\n' "$nonce" "$1" "${2:--}" "${3:--}" "${4:-$stored}"; rm -rf "$new"; exit "${5:-0}"; }
stored=0
mkdir -p "$dir/runs" "$new" || answer ERROR
head -c "$action_bytes" >"$new/action" && head -c "$input_bytes" >"$new/input"
[ "$(wc -c <"$new/action")" -eq "$action_bytes" ] && [ "$(wc -c <"$new/input")" -eq "$input_bytes" ] ||
  answer INCOMPLETE
exec 9>>"$dir/lock"
flock -w "$((timeout + 20))" 9 || answer BUSY - - 0 74
stored=$(cat "$dir/fence" 2>/dev/null || echo 0)
[ "$fence" -ge "$stored" ] || answer STALE - - "$stored" 75
if [ "$fence" -gt "$stored" ]; then
  echo "$fence" >"$dir/fence.new" && sync "$dir/fence.new" && mv -f "$dir/fence.new" "$dir/fence" || answer ERROR
fi
[ "$verb" = run ] || answer ANNOUNCED 0 "$(date +%s)" "$fence"
run=$dir/runs/$key
if [ -d "$run" ]; then
  at=$(cat "$run/at")
  [ -f "$run/rc" ] || answer UNKNOWN - "$at" "$fence" 76
  exec 9>&-
  cat "$run/out"
  answer REPLAY "$(cat "$run/rc")" "$at" "$fence"
fi
at=$(date +%s)
echo "$at" >"$new/at"
: >"$new/out"
mv -T "$new" "$run" && sync "$run" "$dir/runs" || answer ERROR
# The action lives on when this connection or the worker dies; its wrapper keeps the lock until it is over,
# while the action itself, and any daemon that it starts, does not inherit it.
setsid sh -c '
  cd "$1" || exit 1
  umask "$3"
  timeout -k 5 "$2" sh action <input >out 2>&1 9>&-
  echo $? >rc.new
  rm -f input action
  sync rc.new out
  mv -f rc.new rc
' guard "$run" "$timeout" "$mask" &
exec 9>&-
wait $!
cat "$run/out"
[ -f "$run/rc" ] || answer UNKNOWN - "$at" "$fence" 76
answer DONE "$(cat "$run/rc")" "$at" "$fence"
