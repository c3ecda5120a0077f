# Tries a host's settings one by one and changes nothing that stays.
# Arguments: nonce, host path, log path, supervisor folder. Prints: NONCE NAME ok|bad DETAIL
nonce=$1 root=$2 logs=$3 include=$4
tell() { printf '%s %s %s %s\n' "$nonce" "$1" "$2" "$3"; }
tell hostname ok "$(hostname 2>/dev/null || cat /etc/hostname 2>/dev/null)"
lacks=
for tool in flock setsid timeout sha256sum rsync xargs find cmp awk; do
  command -v "$tool" >/dev/null 2>&1 || lacks="$lacks $tool"
done
mv --version 2>/dev/null | grep -q GNU || lacks="$lacks GNU-coreutils"
if [ -n "$lacks" ]; then tell tools bad "$lacks"; else tell tools ok ""; fi
writable() {
  if ! [ -e "$2" ]; then tell "$1" bad missing
  elif ! [ -d "$2" ]; then tell "$1" bad not_a_folder
  elif ! [ -w "$2" ]; then tell "$1" bad not_writable
  else tell "$1" ok "$2"; fi
}
writable host_path "$root"
writable log_path "$logs"
writable supervisor_dir "$include"
# a folder that is not there yet will be on the file system of the nearest one that is
place=$root
while [ -n "$place" ] && ! [ -e "$place" ]; do place=${place%/*}; done
free=$(df -Pk "${place:-/}" 2>/dev/null | awk 'NR==2 {print $4}')
if [ "${free:-0}" -gt 102400 ]; then tell disk ok "$((free / 1024)) MiB"; else tell disk bad "$((${free:-0} / 1024)) MiB"; fi
exit 0
