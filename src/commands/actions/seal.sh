# Verifies a shipped folder against its manifest, links the shared paths into it and gives it its final name.
# Arguments: host path, project key, temporary name, final name, bytes of the sums, bytes of the listing,
# then for each shared path: file|folder and the path. Input: sums (for sha256sum -c), listing (sorted).
base=$1/.cedar/$2
name=$4
tmp=$base/releases/$3
final=$base/releases/$4
here=$(pwd)
if [ -d "$final" ]; then
  rm -rf "$tmp"
  echo "release $name was completed before its worker was lost"
  exit 0
fi
head -c "$5" >sums && head -c "$6" >listing || exit 1
shift 6
cd "$tmp" || exit 1
find . ! -type d \( -type l -printf 'l - %p -> %l\n' -o -printf '%y %m %p\n' \) | LC_ALL=C sort >"$here/found"
if ! cmp -s "$here/found" "$here/listing"; then
  echo "the shipped tree is not the release; first differences:"
  diff "$here/listing" "$here/found" | head -n 20
  exit 5
fi
if [ -s "$here/sums" ]; then
  sha256sum --quiet --strict -c "$here/sums" >"$here/bad" 2>&1 || { head -n 20 "$here/bad"; exit 5; }
fi
while [ $# -ge 2 ]; do
  if [ "$1" = folder ]; then mkdir -p "$base/shared/$2"; else
    mkdir -p "$(dirname "$base/shared/$2")"
    [ -e "$base/shared/$2" ] || : >"$base/shared/$2"
  fi
  mkdir -p "$(dirname "$2")" && rm -rf "./$2" && ln -s "$base/shared/$2" "$2" || exit 1
  shift 2
done
sync -f . 2>/dev/null || sync
cd / && mv -T "$tmp" "$final" || exit 1
rm -f "$here/sums" "$here/listing" "$here/found" "$here/bad"
echo "release $name is complete"
