# Removes releases by name, never the running one. Arguments: host path, project key, then the folders' names.
cd "$1/.cedar/$2/releases" || exit 0
running=$(basename "$(readlink "$1/$2")")
shift 2
for name in "$@"; do
  [ "$name" = "$running" ] && continue
  rm -rf "./$name" && echo "removed $name"
done
for left in *.tmp; do [ -d "$left" ] && find "$left" -maxdepth 0 -mmin +1440 -exec rm -rf {} +; done
exit 0
