# Switches a PHP project between two requests: php-fpm's master is held, its workers finish what they do and end,
# the link is switched, and php-fpm begins anew. Requests wait in its socket meanwhile; none sees two releases.
# Arguments: host path, project key, release folder's name or empty (begin anew only), pid file, seconds for the
# running requests, then the words of the command that sends signals.
cd "$1" || exit 1
key=$2 folder=$3 file=$4 limit=$5
shift 5
master=$(cat "$file" 2>/dev/null)
case $master in '' | *[!0-9]*) echo "$file names no process"; exit 4 ;; esac
grep -qz '^php-fpm: master process' "/proc/$master/cmdline" 2>/dev/null ||
  { echo "process $master of $file is no php-fpm master"; exit 4; }
if [ -n "$folder" ]; then
  [ -d ".cedar/$key/releases/$folder" ] || { echo "release $folder is not on this host"; exit 4; }
  if [ -e "$key" ] && ! [ -L "$key" ]; then echo "$1/$key is a plain folder, not our link"; exit 3; fi
fi
workers=
busy() {
  for pid in $workers; do
    case $(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null) in '' | Z*) ;; *) echo "$pid" ;; esac
  done
}
trap 'exit 1' TERM INT HUP
trap '"$@" -CONT "$master"' EXIT
"$@" -STOP "$master" || { echo "php-fpm may not be signalled by this user"; exit 5; }
workers=$(cat "/proc/$master/task/"*/children)
[ -z "$workers" ] || "$@" -QUIT $workers 2>/dev/null
ticks=$((limit * 20))
while [ -n "$(busy)" ]; do
  if [ "$ticks" -eq 0 ]; then
    echo "requests still run after $limit s in processes $(busy | tr '\n' ' '): nothing was switched"
    exit 6
  fi
  ticks=$((ticks - 1))
  sleep 0.05
done
if [ -n "$folder" ]; then
  ln -sfn ".cedar/$key/releases/$folder" ".cedar/$key/next" && mv -fT ".cedar/$key/next" "$key" && sync . 2>/dev/null
  [ "$(readlink "$key")" = ".cedar/$key/releases/$folder" ] || exit 1
  echo "now at $folder"
fi
"$@" -USR2 "$master" && echo "php-fpm $master begins anew"
