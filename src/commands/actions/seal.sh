# Verifies a shipped folder against its manifest, links the shared paths into it and gives it its final name.
# Arguments: host path, project key, temporary name, final name, bytes of the sums, bytes of the listing,
# then for each shared path: file|folder and the path. Input: sums (for sha256sum -c), listing (sorted).
# Keeps by which marks (inode, size, mtime) the files are known to be those that were verified.
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
find . -mindepth 1 \( -type d -printf 'd %m %p\n' -o -type l -printf 'l - %p -> %l\n' \
  -o -printf '%y %m %p\t%i %s %T@\n' \) | LC_ALL=C sort >"$here/found"
if ! grep -v '^d' "$here/found" | cut -f 1 | cmp -s - "$here/listing"; then
  echo "the shipped tree is not the release; first differences:"
  grep -v '^d' "$here/found" | cut -f 1 | diff "$here/listing" - | head -n 20
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
mkdir -p "$base/whole" && rm -f "$base/whole/$name".* &&
  mv -f "$here/found" "$base/whole/$name.$(cat "$here/sums" "$here/listing" | sha256sum | cut -d' ' -f1)"
rm -f "$here/sums" "$here/listing" "$here/found" "$here/bad"
echo "release $name is complete"
