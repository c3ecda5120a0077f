# Removes releases by name, never the running one. Arguments: host path, project key, then the folders' names.
# The last of them that was verified is kept as a spare, which the next release is made out of (see stage.sh).
cd "$1/.cedar/$2/releases" || exit 0
running=$(basename "$(readlink "$1/$2")")
shift 2
for name in "$@"; do
  [ "$name" = "$running" ] && continue
  for known in "../whole/$name".*; do
    [ -f "$known" ] && [ -d "./$name" ] && rm -rf ../spare ../spare.new && mkdir ../spare.new &&
      mv "$known" ../spare.new/known && mv -T "./$name" ../spare.new/tree && mv -T ../spare.new ../spare
  done
  rm -f "../whole/$name".*
  rm -rf "./$name" && echo "removed $name"
done
for left in *.tmp; do [ -d "$left" ] && find "$left" -maxdepth 0 -mmin +1440 -exec rm -rf {} +; done
exit 0
