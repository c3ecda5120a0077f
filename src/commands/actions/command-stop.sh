# Stops one process of a project: by its author's command, or, without one, by ending all that the start left behind,
# which is known by a variable in its environment. Arguments: host path, project key, process, seconds, `stay` where it
# shall stay down or `gone` where there is no such process any more, bytes of the environment. Input: the environment
# as lines of sh, then the command. The command's exit code is told and not judged: what is still up afterwards is.
root=$1 key=$2 process=$3 seconds=$4 then=$5 bytes=$6
own=$root/.cedar/$key
environment=$(head -c "$bytes" && printf x) || exit 5
command=$(cat) || exit 5
mkdir -p "$own" || exit 5
# It listens where it was started, whatever the settings say by now.
port=$(cat "$own/port.$process" 2>/dev/null)
if [ "$then" = stay ]; then : >"$own/stopped.$process" || exit 5; fi
over() {
  echo "$1"
  if [ "$then" = gone ]; then rm -rf "$own/files/$process" "$own/stopped.$process" "$own/port.$process"; fi
  exit 0
}
cd "$root/$key" 2>/dev/null || over "nothing is there yet"
if [ -n "$command" ]; then
  if [ -x /bin/bash ]; then set -- /bin/bash -eo pipefail; else set -- /bin/sh -e; fi
  timeout -k 5 "$((seconds + 60))" env -i HOME="$HOME" USER="$(id -un)" LANG=C.UTF-8 SHELL=/bin/sh TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" /dev/fd/3 </dev/null 2>&1 3<<END
exec 3<&-
${environment%x}
${port:+export CEDAR_PORT=$port}
$command
END
  code=$?
  over "the stop command ended with exit code $code"
fi
# Its environment, not its name or number, says whose a process is: numbers are given again.
left() {
  grep -lzxF "CEDAR_INSTANCE=$key/$process" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
}
tell() {
  for pid in $(left); do kill "-$1" "$pid" 2>/dev/null; done
}
[ -n "$(left)" ] || over "nothing of it runs"
tell TERM
tries=$((seconds * 10))
while [ -n "$(left)" ]; do
  if [ "$tries" -le 0 ]; then
    echo "it did not end in time and is killed"
    tell KILL
    tries=20
  fi
  sleep 0.1
  tries=$((tries - 1))
done
over "ended"
