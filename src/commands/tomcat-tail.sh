# The last lines of a Tomcat's own logs, without the frames of stack traces: catalina.out, and the application's log
# where it was written since the last start. Arguments: base, logs folder.
plain() { tail -c 32768 -- "$1" | sed 1d | grep -v '^[[:space:]]*at ' | tail -n "$2"; }
plain "$2/catalina.out" 15
for log in "$2"/localhost.*.log; do [ "$log" -nt "$1/tomcat.pid" ] && newest=$log; done
[ -z "$newest" ] || { echo "--- ${newest##*/}"; plain "$newest" 20; }
