# Makes supervisor take the project's group over from its file: this is the restart of all its processes.
# Arguments: project key, lock file, then the supervisorctl argv. Other groups are not touched.
key=$1 lock=$2
shift 2
exec 8>>"$lock"
flock -w 300 8 || { echo "another project's configuration is being changed on this host"; exit 7; }
answer=$("$@" update "$key" 2>&1 8>&-)
code=$?
printf '%s\n' "$answer"
case $answer in
  *ERROR*|*error:*) exit 1 ;;
  *"added process group"*|*"updated process group"*) exit "$code" ;;
esac
# Nothing that supervisor compares has changed: the processes still have to start anew.
"$@" restart "$key:*" 2>&1 8>&-
exit 0
