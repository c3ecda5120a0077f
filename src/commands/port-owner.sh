# Does a process, or a child of it, listen on a port? Arguments: port, pid. Prints ours, other or unseen.
hex=$(printf ':%04X' "$1")
inodes=$(awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port {print $10}' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
[ -n "$inodes" ] && [ -r "/proc/$2/fd" ] && ls "/proc/$2/fd" >/dev/null 2>&1 || { echo unseen; exit 0; }
family=$2
next=$2
while [ -n "$next" ]; do
  next=$(for pid in $next; do cat "/proc/$pid/task/"*/children 2>/dev/null; done | tr '\n' ' ')
  next=${next% }
  family="$family $next"
done
for pid in $family; do
  held=$(ls -l "/proc/$pid/fd" 2>/dev/null)
  for inode in $inodes; do
    case $held in *"socket:[$inode]"*) echo ours; exit 0 ;; esac
  done
done
echo other
