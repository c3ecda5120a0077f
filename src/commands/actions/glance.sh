# Is a release that is there the very one that was verified? Its files are not read: their marks (inode, size, mtime)
# must be those that were kept then. Arguments: host path, project key, folder's name, digest of its checks.
base=$1/.cedar/$2
known=$base/whole/$3.$4
[ -f "$known" ] || { echo "release $3 was not verified yet"; exit 6; }
cd "$base/releases/$3" || exit 6
find . -mindepth 1 \( -type d -printf 'd %m %p\n' -o -type l -lname "$base/shared/*" \
  -o -type l -printf 'l - %p -> %l\n' -o -printf '%y %m %p\t%i %s %T@\n' \) | LC_ALL=C sort | cmp -s - "$known" ||
  { echo "release $3 was written to since it was verified"; exit 5; }
echo "release $3 is untouched since it was verified"
