# Removes releases by name, never the running one. Arguments: host path, project key, then the folders' names.
# The last of them that was verified is kept as a spare, made equal to the running release while nobody waits for it:
# the next release is made out of it (see stage.sh). It is one once it says of which listing.
export LC_ALL=C
base=$1/.cedar/$2 here=$PWD
cd "$base/releases" || exit 0
running=$(readlink "$1/$2")
running=${running##*/}
shift 2

spared() {
  of=
  for one in "$base/whole/$running".*; do [ -f "$one" ] && of=$one; done
  [ -n "$running" ] && [ -n "$of" ] && [ -d "$base/releases/$running" ] || return 1
  if [ -e "$base/spare" ]; then rm -rf "$base/spare"; fi
  tree=$base/spare/tree
  mkdir "$base/spare" && mv -T "./$1" "$tree" || return 1
  levelled "$tree" "$2" "$base/releases/$running" "$of" ||
    { cd "$base/releases" && rm -rf "$tree" && cp -al "$running" "$tree"; } || return 1
  echo "${of##*/}" >"$base/spare/of"
}

for name in "$@"; do
  [ "$name" = "$running" ] && continue
  [ -d "./$name" ] && there=yes || there=
  for known in "$base/whole/$name".*; do
    [ -f "$known" ] || continue
    if [ -d "./$name" ]; then spared "$name" "$known"; fi
    rm -f "$known"
    cd "$base/releases" || exit 1
  done
  if [ -d "./$name" ]; then rm -rf "./$name"; fi
  if [ -n "$there" ] && ! [ -d "./$name" ]; then echo "removed $name"; fi
done
for left in *.tmp; do [ -d "$left" ] && find "$left" -maxdepth 0 -mmin +1440 -exec rm -rf {} +; done
exit 0
