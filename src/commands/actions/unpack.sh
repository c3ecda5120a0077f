# Begins a release folder as a hard-linked copy of one that is there, without the paths that will differ.
# Arguments: host path, project key, temporary name, base folder's name or empty.
# Input: NUL-separated relative paths to leave out. Files are replaced later, never written through.
dir=$1/.cedar/$2/releases
mkdir -p "$dir" "$1/.cedar/$2/shared" && cd "$dir" || exit 1
for old in "${3%%.*}".*.tmp; do [ -d "$old" ] && rm -rf "$old"; done
if [ -n "$4" ] && [ -d "$4" ]; then
  cp -al "$4" "$3" || exit 1
  find "$3" -type l -lname "$1/.cedar/$2/shared/*" -delete
  cd "$3" && xargs -0 -r rm -f -- && find . -mindepth 1 -type d -empty -delete
else
  mkdir "$3"
fi
