# Who listens on a port? Arguments: port, pid of the process that should. Prints ours, other or unseen.
hex=$(printf ':%04X' "$1")
inodes=$(awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port {print $10}' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
[ -n "$inodes" ] || { echo unseen; exit 0; }
holds() { ls -l "/proc/$1/fd" 2>/dev/null | grep -qF "socket:[$2]"; }
under() {
  up=$1
  while [ "$up" -gt 1 ] 2>/dev/null; do
    [ "$up" = "$2" ] && return 0
    up=$(awk '/^PPid:/ {print $2}' "/proc/$up/status" 2>/dev/null)
  done
  return 1
}
answer=unseen
for dir in /proc/[0-9]*; do
  pid=${dir#/proc/}
  [ -r "$dir/fd" ] || continue
  for inode in $inodes; do
    if holds "$pid" "$inode"; then
      if under "$pid" "$2"; then echo ours; exit 0; fi
      answer=other
    fi
  done
done
echo "$answer"
