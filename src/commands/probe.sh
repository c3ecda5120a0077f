# Looks at a host for preflight and, where nothing is in the way there, takes the project's fence; changes nothing else
# but missing folders of our own. Arguments: host path, project key, supervisor folder, target file, log path, nonce,
# the guard's file and its SHA-256, the guard's folder, the line that announces the fence to it.
fact() {
  printf '%s %s=%s\n' "$nonce" "$1" "$2"
  case $1 in missing|problem) hindered=yes ;; guard) guarded=yes ;; esac
}
root=$1 key=$2 include=$3 file=$4 logs=$5 nonce=$6 guard=$7 sum=$8 folder=$9 hindered='' guarded=''
shift 9
for tool in flock setsid timeout sha256sum rsync xargs find cmp; do
  command -v "$tool" >/dev/null 2>&1 || fact missing "$tool"
done
[ -f "$guard" ] && [ "$(sha256sum <"$guard" 2>/dev/null)" = "$sum  -" ] && fact guard yes
# Where the guard is, it was seen to work.
[ -n "$guarded" ] || case $(mv --version 2>/dev/null) in *GNU*) ;; *) fact missing "GNU coreutils" ;; esac
[ -d "$root" ] || fact problem "no_host_path"
[ -w "$root" ] || fact problem "host_path_not_writable"
if [ -n "$include" ]; then
  [ -w "$include" ] || fact problem "supervisor_dir_not_writable"
  [ -d "$logs/$key" ] || mkdir -p "$logs/$key" 2>/dev/null
  [ -w "$logs/$key" ] || fact problem "log_path_not_writable"
  [ -f "$file" ] && config=$(sha256sum <"$file") || config=none
  fact config "${config%% *}"
fi
fact free "$(stat -f -c '%a %S %d' "$root" 2>/dev/null)"
if [ -L "$root/$key" ]; then fact link "$(readlink "$root/$key")"
elif [ -d "$root/$key" ]; then fact plain yes
elif [ -e "$root/$key" ]; then fact problem "not_a_folder"; fi
for release in "$root/.cedar/$key/releases"/*; do
  case $release in *.tmp|*'*') ;; *) [ -d "$release" ] && fact release "${release##*/}" ;; esac
done
if [ -n "$guarded" ] && [ -z "$hindered" ]; then printf '%s\n' "$1" | sh "$guard" "$folder"; fi
exit 0
