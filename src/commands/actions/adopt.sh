# Turns the plain live folder of the days before into a release, and moves the agreed paths beside the releases.
# Arguments: host path, project key, release folder's name, then for each kept path: file|folder and the path.
# Prints the listing and the sums of the adopted tree between marks, so that it can be verified later.
cd "$1" || exit 1
base=$1/.cedar/$2
mkdir -p "$base/releases" "$base/shared" || exit 1
release=$base/releases/$3
if [ -L "$2" ]; then echo "already ours"; exit 0; fi
[ -d "$2" ] || { echo "nothing to adopt"; exit 0; }
mv -T "$2" "$release" || exit 1
ln -s ".cedar/$2/releases/$3" "$2" || exit 1
shift 3
while [ $# -ge 2 ]; do
  if [ -e "$release/$2" ] && ! [ -L "$release/$2" ] && ! [ -e "$base/shared/$2" ]; then
    mkdir -p "$(dirname "$base/shared/$2")" && mv "$release/$2" "$base/shared/$2" && ln -s "$base/shared/$2" "$release/$2" || exit 1
    echo "kept beside the releases: $2"
  fi
  shift 2
done
sync -f . 2>/dev/null || sync
echo "adopted as $release"
cd "$release" || exit 1
echo "--listing"
find . ! -type d ! \( -type l -lname "$base/shared/*" \) \
  \( -type l -printf 'l - %p -> %l\n' -o -printf '%y %m %p\n' \) | LC_ALL=C sort
echo "--sums"
find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2
