# Points the project's link at a release in one rename. Arguments: host path, project key, release folder's name.
cd "$1" || exit 1
if [ -e "$2" ] && ! [ -L "$2" ]; then
  echo "$1/$2 is a plain folder, not our link"
  exit 3
fi
[ -d ".cedar/$2/releases/$3" ] || { echo "release $3 is not on this host"; exit 4; }
if [ "$(readlink "$2")" = ".cedar/$2/releases/$3" ]; then echo "already at $3"; exit 0; fi
ln -sfn ".cedar/$2/releases/$3" ".cedar/$2/next" && mv -fT ".cedar/$2/next" "$2" && sync . 2>/dev/null
[ "$(readlink "$2")" = ".cedar/$2/releases/$3" ] || exit 1
echo "now at $3"
