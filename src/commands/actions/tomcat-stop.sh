# Stops every JVM of a Tomcat base: asked first, killed after the time-out. Arguments: base, seconds.
base=$1 limit=$2
jvms() {
  printf '%s\n' "-Dcatalina.base=$base" | grep -lzxFf - /proc/[0-9]*/cmdline 2>/dev/null | sed 's|^/proc/||; s|/cmdline$||'
}
gone_within() {
  ticks=$(($1 * 10))
  while [ -n "$(jvms)" ]; do
    [ "$ticks" -gt 0 ] || return 1
    ticks=$((ticks - 1))
    sleep 0.1
  done
}
mkdir -p "$base" && exec 8>>"$base/lock" && flock -w 60 8 || exit 7
pids=$(jvms)
if [ -z "$pids" ]; then
  echo "no JVM of this Tomcat runs"
else
  echo "asked to stop: "$pids
  kill -TERM $pids 2>/dev/null
  if ! gone_within "$limit"; then
    pids=$(jvms)
    echo "killed after $limit s: "$pids
    kill -KILL $pids 2>/dev/null
    gone_within 10 || { echo "still there: "$(jvms); exit 5; }
  fi
  echo "stopped"
fi
rm -f "$base/tomcat.pid"
