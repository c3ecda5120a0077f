# Makes a project's Tomcat from the standard empty one, or brings its configuration up to date; what is as it should
# be is not written again. Arguments: base, home, logs folder, project's link, bytes of server.xml, bytes of setenv.sh.
# Input: server.xml, setenv.sh.
base=$1 home=$2 logs=$3 live=$4
head -c "$5" >server.xml && head -c "$6" >setenv.sh || exit 1
[ -r "$home/bin/catalina.sh" ] || { echo "$home is no Tomcat: it has no bin/catalina.sh"; exit 4; }
for standard in "$home/conf" "$home/skel/conf" "$home/etc" ''; do [ -r "$standard/web.xml" ] && break; done
[ -n "$standard" ] || { echo "$home has no conf/web.xml to begin with"; exit 4; }
umask 027
mkdir -p "$logs" "$base/bin" "$base/lib" "$base/webapps" "$base/work" "$base/temp" || exit 1
if [ "$(cat "$base/conf/.home" 2>/dev/null)" != "$home" ]; then
  rm -rf "$base/conf.new" && mkdir "$base/conf.new" && cp -RL "$standard/." "$base/conf.new/" || exit 1
  chmod -R u+w "$base/conf.new" && printf '%s\n' "$home" >"$base/conf.new/.home" || exit 1
  if [ -d "$base/conf" ]; then rm -rf "$base/conf.before" && mv -T "$base/conf" "$base/conf.before" || exit 1; fi
  mv -T "$base/conf.new" "$base/conf" || exit 1
  echo "made from $standard"
fi
put() {
  cmp -s "$1" "$2" && { echo "$2 is as it should be"; return 0; }
  cp "$1" "$2.new" && chmod "$3" "$2.new" && sync "$2.new" && mv -f "$2.new" "$2" && echo "$2 is written"
}
# setenv.sh holds the project's variables, and some of them are secret.
put server.xml "$base/conf/server.xml" 640 && put setenv.sh "$base/bin/setenv.sh" 600 || exit 1
[ "$(readlink "$base/logs")" = "$logs" ] || { rm -rf "$base/logs" && ln -s "$logs" "$base/logs" || exit 1; }
war=$base/webapps/ROOT.war
[ "$(readlink "$war")" = "$live/webapps/ROOT.war" ] || { rm -rf "$war" && ln -s "$live/webapps/ROOT.war" "$war" || exit 1; }
rm -f server.xml setenv.sh
exit 0
