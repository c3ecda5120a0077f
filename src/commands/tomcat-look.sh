# Looks at the Tomcats of projects; changes nothing. Arguments: nonce, then for each its base and its home.
# Prints for each: NONCE BASE HOME(yes|no) JAVA(yes|no) DIGEST(sha-256|none) PID START NOW
# DIGEST is that of server.xml, setenv.sh and the home's path, one after another. PID 0: no JVM of this base runs.
# START and NOW are seconds of this host's clock.
nonce=$1
shift
java=no
command -v java >/dev/null 2>&1 && java=yes
now=$(date +%s)
up=$(cut -d' ' -f1 /proc/uptime)
ticks=$(getconf CLK_TCK 2>/dev/null || echo 100)
while [ $# -ge 2 ]; do
  base=$1 home=$2 found=no digest=none pid=0 start=0
  shift 2
  [ -r "$home/bin/catalina.sh" ] && [ -r "$home/lib/catalina.jar" ] && found=yes
  if [ -r "$base/conf/server.xml" ]; then
    digest=$(cat "$base/conf/server.xml" "$base/bin/setenv.sh" "$base/conf/.home" 2>/dev/null | sha256sum | cut -d' ' -f1)
  fi
  kept=$(cat "$base/tomcat.pid" 2>/dev/null)
  for file in $(printf '%s\n' "-Dcatalina.base=$base" | grep -lzxFf - /proc/[0-9]*/cmdline 2>/dev/null); do
    one=${file#/proc/}
    one=${one%/cmdline}
    [ "$pid" -eq 0 ] || [ "$one" = "$kept" ] && pid=$one
  done
  if [ "$pid" -ne 0 ]; then
    start=$(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null |
      awk -v now="$now" -v up="$up" -v ticks="$ticks" '{printf "%d", now - up + $20 / ticks + 0.999}')
    [ -n "$start" ] || pid=0 start=0
  fi
  echo "$nonce $base $found $java $digest $pid $start $now"
done
