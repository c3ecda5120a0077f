# Verifies a release that is there against its manifest. Arguments: host path, project key, folder's name,
# bytes of the sums, bytes of the listing, then the shared paths (which are links of ours). Input as for seal.
base=$1/.cedar/$2
here=$(pwd)
head -c "$4" >sums && head -c "$5" >listing || exit 1
cd "$base/releases/$3" || exit 6
find . ! -type d ! \( -type l -lname "$base/shared/*" \) \
  \( -type l -printf 'l - %p -> %l\n' -o -printf '%y %m %p\n' \) | LC_ALL=C sort >"$here/found"
cmp -s "$here/found" "$here/listing" || { diff "$here/listing" "$here/found" | head -n 20; exit 5; }
if [ -s "$here/sums" ]; then
  sha256sum --quiet --strict -c "$here/sums" >"$here/bad" 2>&1 || { head -n 20 "$here/bad"; exit 5; }
fi
rm -f "$here/sums" "$here/listing" "$here/found" "$here/bad"
echo "release $3 is as it was shipped"
