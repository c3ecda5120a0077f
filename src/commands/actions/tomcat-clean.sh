# Removes what a stopped Tomcat unpacked and compiled from the release before. Argument: base.
cd "$1" 2>/dev/null || { echo "nothing to clean"; exit 0; }
if printf '%s\n' "-Dcatalina.base=$1" | grep -qzxFf - /proc/[0-9]*/cmdline 2>/dev/null; then
  echo "a JVM of this Tomcat still runs"
  exit 5
fi
rm -rf webapps/ROOT work temp && mkdir -p work temp && echo "webapps/ROOT, work and temp are empty"
