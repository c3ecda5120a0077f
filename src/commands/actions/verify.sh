# Verifies a release that is there against its manifest. Arguments: host path, project key, folder's name,
# bytes of the sums, bytes of the listing, then the shared paths (which are links of ours). Input as for seal.
# Keeps the marks as seal does.
base=$1/.cedar/$2
here=$(pwd)
head -c "$4" >sums && head -c "$5" >listing || exit 1
cd "$base/releases/$3" || exit 6
find . -mindepth 1 \( -type d -printf 'd %m %p\n' -o -type l -lname "$base/shared/*" \
  -o -type l -printf 'l - %p -> %l\n' -o -printf '%y %m %p\t%i %s %T@\n' \) | LC_ALL=C sort >"$here/found"
grep -v '^d' "$here/found" | cut -f 1 | cmp -s - "$here/listing" ||
  { grep -v '^d' "$here/found" | cut -f 1 | diff "$here/listing" - | head -n 20; exit 5; }
if [ -s "$here/sums" ]; then
  sha256sum --quiet --strict -c "$here/sums" >"$here/bad" 2>&1 || { head -n 20 "$here/bad"; exit 5; }
fi
mkdir -p "$base/whole" && rm -f "$base/whole/$3".* &&
  mv -f "$here/found" "$base/whole/$3.$(cat "$here/sums" "$here/listing" | sha256sum | cut -d' ' -f1)"
rm -f "$here/sums" "$here/listing" "$here/found" "$here/bad"
echo "release $3 is as it was shipped"
