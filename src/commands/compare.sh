# Looks at what a project has on a host; changes nothing. Arguments: host path, project key, its supervisor file
# (empty: none belongs there), a nonce, and `files` where the live release is held against the sums of the input.
fact() { printf '%s %s=%s\n' "$nonce" "$1" "$2"; }
root=$1 key=$2 file=$3 nonce=$4 files=$5
[ -d "$root" ] || fact problem "no_host_path"
if [ -L "$root/$key" ]; then fact link "$(readlink "$root/$key")"
elif [ -d "$root/$key" ]; then fact plain yes
elif [ -e "$root/$key" ]; then fact problem "not_a_folder"; fi
for release in "$root/.cedar/$key/releases"/*; do
  case $release in *.tmp|*'*') ;; *) [ -d "$release" ] && fact release "$(basename "$release")" ;; esac
done
if [ -n "$file" ] && [ -f "$file" ]; then fact config "$(head -c 262144 <"$file" | base64 | tr -d '\n')"; fi
if [ "$files" = files ] && cd "$root/$key/." 2>/dev/null; then
  sha256sum --quiet --strict -c - 2>/dev/null | head -n 500 | while IFS= read -r line; do fact edited "$line"; done
  find . ! -type d ! -type l | LC_ALL=C sort | head -n 20000 | while IFS= read -r line; do fact there "$line"; done
fi
exit 0
