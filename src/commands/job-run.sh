#!/bin/sh
# Runs one line of a project's schedule; cron calls it. Argument: the line's id. It is written by each deploy.
# The command runs in the release that is live when it begins, with the project's variables; what it says goes to
# job.log, and when it began and ended, and with which exit code, to runs/ID.
job=${0%/*} id=$1
. "$job/env" || exit 1
mkdir -p "$cedar_logs" || exit 1
log=$cedar_logs/job.log
[ "$(wc -c 2>/dev/null <"$log" || echo 0)" -lt 10485760 ] || mv -f "$log" "$log.1"
begin=$(date +%s)
ticks=$(sed 's/^.*) //' "/proc/$$/stat" | cut -d' ' -f20)
note() { echo "$begin $$ $ticks $1 $2" >"$job/runs/.$id.$$" && mv -f "$job/runs/.$id.$$" "$job/runs/$id"; }
note - -
echo "=== $(date '+%Y-%m-%d %H:%M:%S %z') $id begins" >>"$log"
cd -P "$cedar_live" && sh "$job/commands/$id" >>"$log" 2>&1 </dev/null
code=$?
echo "=== $(date '+%Y-%m-%d %H:%M:%S %z') $id ends with $code" >>"$log"
note "$(date +%s)" "$code"
exit "$code"
