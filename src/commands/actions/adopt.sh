# Turns the plain live folder of the days before into a release, and moves the agreed paths beside the releases.
# Arguments: host path, project key, release folder's name, then for each kept path: file|folder and the path.
# Prints the listing and the sums of the adopted tree between marks, so that it can be verified later.
# Wherever an earlier attempt ended, another one goes on from there.
cd "$1" || exit 1
base=$1/.cedar/$2
mkdir -p "$base/releases" "$base/shared" || exit 1
release=$base/releases/$3
link=.cedar/$2/releases/$3
if [ -L "$2" ]; then
  [ "$(readlink "$2")" = "$link" ] || { echo "$2 is a link to $(readlink "$2") by now"; exit 3; }
else
  if [ -d "$2" ]; then mv -T "$2" "$release" || exit 1; fi
  [ -d "$release" ] || { echo "nothing to adopt"; exit 4; }
  ln -s "$link" "$2" || exit 1
fi
shift 3
while [ $# -ge 2 ]; do
  if [ -e "$release/$2" ] && ! [ -L "$release/$2" ]; then
    # Staging has made an empty one for the new release already.
    if [ -d "$base/shared/$2" ]; then rmdir "$base/shared/$2" 2>/dev/null
    elif [ -f "$base/shared/$2" ] && ! [ -s "$base/shared/$2" ]; then rm -f "$base/shared/$2"; fi
    if [ -e "$base/shared/$2" ]; then
      echo "stays in the adopted release, because it is beside the releases already: $2"
    else
      mkdir -p "$(dirname "$base/shared/$2")" && mv -T "$release/$2" "$base/shared/$2" || exit 1
      echo "kept beside the releases: $2"
    fi
  fi
  # A path that was moved needs its link, also where an earlier attempt ended between the two.
  if [ -e "$base/shared/$2" ] && ! [ -e "$release/$2" ]; then
    mkdir -p "$(dirname "$release/$2")" && ln -s "$base/shared/$2" "$release/$2" || exit 1
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
