# Looks at a host for preflight; changes nothing but missing folders of our own.
# Arguments: host path, project key, supervisor folder, target file, log path, nonce, the guard's file and its SHA-256.
fact() { printf '%s %s=%s\n' "$nonce" "$1" "$2"; }
root=$1 key=$2 include=$3 file=$4 logs=$5 nonce=$6 guard=$7 sum=$8
for tool in flock setsid timeout sha256sum rsync xargs find cmp; do
  command -v "$tool" >/dev/null 2>&1 || fact missing "$tool"
done
mv --version 2>/dev/null | grep -q GNU || fact missing "GNU coreutils"
[ -d "$root" ] || fact problem "no_host_path"
[ -w "$root" ] || fact problem "host_path_not_writable"
if [ -n "$include" ]; then
  [ -w "$include" ] || fact problem "supervisor_dir_not_writable"
  mkdir -p "$logs/$key" 2>/dev/null
  [ -w "$logs/$key" ] || fact problem "log_path_not_writable"
  if [ -f "$file" ]; then fact config "$(sha256sum <"$file" | cut -d' ' -f1)"; else fact config none; fi
fi
[ -f "$guard" ] && [ "$(sha256sum <"$guard" 2>/dev/null)" = "$sum  -" ] && fact guard yes
fact now "$(date +%s)"
fact free_kib "$(df -Pk "$root" 2>/dev/null | awk 'NR==2 {print $4}')"
fact free_inodes "$(df -Pi "$root" 2>/dev/null | awk 'NR==2 {print $4}')"
if [ -L "$root/$key" ]; then fact link "$(readlink "$root/$key")"
elif [ -d "$root/$key" ]; then fact plain yes
elif [ -e "$root/$key" ]; then fact problem "not_a_folder"; fi
for release in "$root/.cedar/$key/releases"/*; do
  case $release in *.tmp|*'*') ;; *) [ -d "$release" ] && fact release "$(basename "$release")" ;; esac
done
exit 0
