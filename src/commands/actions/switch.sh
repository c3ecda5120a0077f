# Points the project's link at a release in one rename. Arguments: host path, project key, release folder's name and,
# where it must not have been written to since it was verified (see glance.sh), the digest of its checks.
cd "$1" || exit 1
if [ -e "$2" ] && ! [ -L "$2" ]; then
  echo "$1/$2 is a plain folder, not our link"
  exit 3
fi
[ -d ".cedar/$2/releases/$3" ] || { echo "release $3 is not on this host"; exit 4; }
if [ "$2" -ef ".cedar/$2/releases/$3" ] && [ "$(readlink "$2")" = ".cedar/$2/releases/$3" ]; then echo "already at $3"; exit 0; fi
if [ -n "$4" ]; then
  known=$1/.cedar/$2/whole/$3.$4
  [ -f "$known" ] && (cd ".cedar/$2/releases/$3" && find . -mindepth 1 \( -type d -printf 'd %m %p\n' -o -type l -lname "$1/.cedar/$2/shared/*" \
    -o -type l -printf 'l - %p -> %l\n' -o -printf '%y %m %p\t%i %s %T@\n' \) | LC_ALL=C sort | cmp -s - "$known") ||
    { echo "release $3 has to be verified again"; exit 6; }
fi
ln -sfn ".cedar/$2/releases/$3" ".cedar/$2/next" && mv -fT ".cedar/$2/next" "$2" && sync . 2>/dev/null
[ "$2" -ef ".cedar/$2/releases/$3" ] || exit 1
echo "now at $3"
