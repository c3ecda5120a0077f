#!/bin/sh
# CedarDeploy's guard on a host. One writer per project: it refuses a superseded worker (STALE), runs each key at
# most once, and answers a repeated key with what was recorded (REPLAY) instead of doing it again.
# Usage: guard.sh DIR; on standard input first the lines
#   VERB PROJECT FENCE KEY TIMEOUT NONCE ACTION_BYTES INPUT_BYTES
# then, to run, the action's bytes (sh), the bytes that it reads from its standard input, and the nonce as a last line.
# The last line that it prints is: NONCE WORD RC AT FENCE   (AT: seconds of this host's clock at the run's begin)
mask=$(umask)
umask 077
base=$1
read -r verb project fence key timeout nonce action_bytes input_bytes || exit 64
dir=$base/projects/$project
new=$dir/new.$$
answer() {
  printf '\n%s %s %s %s %s\n' "$nonce" "$1" "${2:--}" "${3:--}" "${4:-$stored}"
  [ -d "$new" ] && rm -rf "$new"
  exit "${5:-0}"
}
# Words of our own files are read by the shell itself: every program that is not started makes a step faster.
word() { word=; read -r word <"$1"; } 2>/dev/null
stored=0
if [ "$verb" = run ]; then
  mkdir -p "$dir/runs" "$new" || answer ERROR
  : >"$new/input"
  head -c "$action_bytes" >"$new/action" && { [ "$input_bytes" -eq 0 ] || head -c "$input_bytes" >"$new/input"; } &&
    read -r end && [ "$end" = "$nonce" ] || answer INCOMPLETE
elif ! [ -d "$dir/runs" ]; then mkdir -p "$dir/runs" || answer ERROR; fi
exec 9>>"$dir/lock"
flock -w "$((timeout + 20))" 9 || answer BUSY - - 0 74
[ -f "$dir/fence" ] && { word "$dir/fence" || answer ERROR; stored=$word; }
[ "$fence" -ge "$stored" ] || answer STALE - - "$stored" 75
if [ "$fence" -gt "$stored" ]; then
  echo "$fence" >"$dir/fence.new" && sync "$dir/fence.new" && mv -f "$dir/fence.new" "$dir/fence" || answer ERROR
fi
if [ "$verb" != run ]; then
  # Nobody asks for runs of more than a week ago.
  find "$dir" -mindepth 1 -maxdepth 2 \( -path "$dir/runs/*" -mtime +7 -o -path "$dir/new.*" -mmin +600 \) \
    -prune -exec rm -rf {} + 2>/dev/null
  answer ANNOUNCED 0 "$(date +%s)" "$fence"
fi
run=$dir/runs/$key
if [ -d "$run" ]; then
  word "$run/at"; at=$word
  [ -f "$run/rc" ] || answer UNKNOWN - "$at" "$fence" 76
  exec 9>&-
  cat "$run/out"
  word "$run/rc"
  answer REPLAY "$word" "$at" "$fence"
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
  : >input
  : >action
  sync rc.new out
  mv -f rc.new rc
' guard "$run" "$timeout" "$mask" &
exec 9>&-
wait $!
[ -s "$run/out" ] && cat "$run/out"
[ -f "$run/rc" ] || answer UNKNOWN - "$at" "$fence" 76
word "$run/rc"
answer DONE "$word" "$at" "$fence"
