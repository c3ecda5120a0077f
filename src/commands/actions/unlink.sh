# Takes the project's link and its releases away; what it shares between releases stays, and so does whatever is not ours.
# Arguments: host path, project key.
cd "$1" || exit 1
if [ -L "$2" ]; then
  case $(readlink "$2") in
    ".cedar/$2/releases/"*) rm -f "./$2" && echo "the link is gone" || exit 1 ;;
    *) echo "$1/$2 is a link to $(readlink "$2"), which is not ours: it stays" ;;
  esac
elif [ -e "$2" ]; then
  echo "$1/$2 is not our link: it stays"
fi
base=.cedar/$2
[ -d "$base" ] || exit 0
rm -rf "$base/releases" "$base/next" "$base/whole" "$base/spare" "$base/spare.new" || exit 1
echo "its releases are gone"
[ -d "$base/shared" ] && find "$base/shared" -depth -type d -empty -delete
if [ -d "$base/shared" ]; then echo "shared files stay in $1/$base/shared"; fi
rmdir "$base" 2>/dev/null
sync . 2>/dev/null
exit 0
