# Removes releases by name, never the running one. Arguments: host path, project key, then the folders' names.
# The last of them that was verified is kept as a spare, which the next release is made out of (see stage.sh); it is
# one once it has its listing.
cd "$1/.cedar/$2/releases" || exit 0
running=$(readlink "$1/$2")
running=${running##*/}
shift 2
for name in "$@"; do
  [ "$name" = "$running" ] && continue
  [ -d "./$name" ] && there=yes || there=
  for known in "../whole/$name".*; do
    [ -f "$known" ] || continue
    if [ -d "./$name" ]; then
      if [ -e ../spare ]; then rm -rf ../spare; fi
      mkdir ../spare && mv -T "./$name" ../spare/tree && mv "$known" ../spare/known && continue
    fi
    rm -f "$known"
  done
  if [ -d "./$name" ]; then rm -rf "./$name"; fi
  if [ -n "$there" ] && ! [ -d "./$name" ]; then echo "removed $name"; fi
done
for left in *.tmp; do [ -d "$left" ] && find "$left" -maxdepth 0 -mmin +1440 -exec rm -rf {} +; done
exit 0
