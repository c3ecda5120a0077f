# Tells what a machine holds, for drift; changes nothing. Arguments: a nonce, host path, log path, then for each project
# its key and its supervisor file (empty: none belongs there).
nonce=$1 root=$2 logs=$3
shift 3
fact() { printf '%s %s=%s\n' "$nonce" "$1" "$2"; }
disk() { df -Pk "$1" 2>/dev/null | awk 'NR==2 {print $3, $4, $6}'; }
fact now "$(date +%s%3N)"
fact disk "$(disk "$root")"
fact disk "$(disk "$logs")"
while [ $# -ge 2 ]; do
  fact project "$1"
  if [ -L "$root/$1" ]; then
    fact link "$(readlink "$root/$1")"
    fact switched "$(stat -c %Y "$root/$1")"
  elif [ -e "$root/$1" ]; then fact plain yes; fi
  if [ -z "$2" ]; then :
  elif [ -r "$2" ]; then fact config "$(head -c 1048576 <"$2" | sha256sum | cut -d' ' -f1)"
  elif ! [ -e "$2" ] && [ -x "$(dirname "$2")" ]; then fact config none; fi
  shift 2
done
exit 0
