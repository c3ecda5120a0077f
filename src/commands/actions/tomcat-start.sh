# Starts a project's Tomcat unless it runs already. Arguments: base, home, logs folder, project's link.
base=$1 home=$2 logs=$3 live=$4
cd "$base" && [ -r conf/server.xml ] || { echo "this Tomcat was never configured: deploy the project"; exit 4; }
[ -r "$live/webapps/ROOT.war" ] || { echo "$live has no webapps/ROOT.war"; exit 6; }
exec 8>>"$base/lock"
flock -w 60 8 || exit 7
if printf '%s\n' "-Dcatalina.base=$base" | grep -qzxFf - /proc/[0-9]*/cmdline 2>/dev/null; then
  echo "it runs already"
  exit 0
fi
rm -f "$base/tomcat.pid"
mkdir -p "$logs" temp work || exit 1
printf '\n=== started by a deploy at %s ===\n' "$(date '+%Y-%m-%d %H:%M:%S %z')" >>"$logs/catalina.out"
CATALINA_HOME=$home CATALINA_BASE=$base CATALINA_PID=$base/tomcat.pid CATALINA_OUT=$logs/catalina.out
export CATALINA_HOME CATALINA_BASE CATALINA_PID CATALINA_OUT
setsid sh "$home/bin/catalina.sh" start </dev/null 2>&1 8>&-
