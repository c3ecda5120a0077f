# Makes a release out of the one before, in one go: hard links of that, the differing files from a tar stream,
# verified. What was sent is held against its sums. Of the others it is enough that they are links to files that were
# verified in the release before and bear the same marks (inode, size, mtime) since.
# Where a removed release was kept as a spare, it is that which becomes the new one (see prune.sh).
# Every program that is not started makes a deploy faster: what the shell can do itself, it does.
# Arguments: host path, project key, temporary name, final name, base folder's name, digest of the base's checks,
# digest of the checks, the paths that go, the sums of the files that are sent, the lines of the listing (see seal.sh,
# without marks, in its order) that come and those that go; each of these four as lines, or nothing; then for each
# shared path: file|folder and the path. Input: the tar stream of what is sent.
unset TAR_OPTIONS
export LC_ALL=C
base=$1/.cedar/$2 here=$PWD
tmp=$base/releases/$3 final=$base/releases/$4 known=$base/whole/$5.$6
temporary=$3 name=$4 before=$5 digest=$7 paths=$8 sums=$9
shift 9
comes=$1 leaves=$2
shift 2
found=$base/whole/$name.$digest
if [ -d "$final" ]; then echo "release $name was completed before its worker was lost"; exit 0; fi
[ -f "$known" ] || { echo "release $before was not verified yet"; exit 9; }
command -v tar >/dev/null 2>&1 && command -v comm >/dev/null 2>&1 || { echo "tar or comm is missing"; exit 9; }
[ -d "$base/shared" ] || mkdir -p "$base/shared" || exit 1
cd "$base/releases" || exit 1
for old in "${temporary%%.*}".*.tmp; do [ -d "$old" ] && rm -rf "$old"; done

linked() {
  tree=$tmp
  cd "$base/releases" && rm -rf "$tmp" "$base/spare" && cp -al "$before" "$tmp"
}

# The spare is one of this base, or is made one.
spared() {
  tree=$base/spare/tree
  [ -s "$base/spare/of" ] && [ -d "$tree" ] && read -r of <"$base/spare/of" && : >"$base/spare/of" || return 1
  [ "$base/whole/$of" = "$known" ] && return
  [ -f "$base/whole/$of" ] && levelled "$tree" "$base/whole/$of" "$base/releases/$before" "$known"
}

# These, a line each, are removed. Few are words of one command.
without() {
  if [ ${#1} -gt 50000 ]; then
    printf '%s' "$1" | xargs -d '\n' rm -f --
    return
  fi
  set -f
  IFS='
'
  # shellcheck disable=SC2086
  rm -f -- $1
  set -- $?
  unset IFS
  set +f
  return "$1"
}

# The tree becomes the release, or 5: it is not. Its listing is of no meaning until the release has its name.
filled() {
  cd "$tree" && exec <"$here/input" || return 1
  for one in "$base/shared"/* "$base/shared"/.[!.]*; do
    if [ -e "$one" ]; then find . -type l -lname "$base/shared/*" -delete; break; fi
  done
  if [ -n "$paths" ]; then
    without "$paths" || return 1
    find . -mindepth 1 -type d -empty -delete
  fi
  # What is in the way is removed by tar: it does not write into files, which would be those of the release before.
  tar -xpof - || return 1
  while [ $# -ge 2 ]; do
    if [ "$1" = folder ]; then mkdir -p "$base/shared/$2"; else
      mkdir -p "$(dirname "$base/shared/$2")"
      [ -e "$base/shared/$2" ] || : >"$base/shared/$2"
    fi
    mkdir -p "$(dirname "$2")" && rm -rf "./$2" && ln -s "$base/shared/$2" "$2" || return 1
    shift 2
  done
  find . -mindepth 1 \( -type d -printf 'd %m %p\n' -o -type l -lname "$base/shared/*" \
    -o -type l -printf 'l - %p -> %l\n' -o -printf '%y %m %p\t%i %s %T@\n' \) | sort --parallel=1 >"$found"
  comm -3 "$known" "$found" | sed -n -e '/^\t\{0,1\}d/b end' -e '/^\t/!b left' -e 's/^\t//' -e '/^l/!s/\t[^\t]*$//' \
    -e p -e 'b end' -e ': left' -e '/^l/!s/\t[^\t]*$//' -e H -e ': end' -e '$!d' -e x -e 's/^\n//' -e '/./p' \
    >"$here/differs" || return 1
  printf '%s' "$comes$leaves" >"$here/wanted"
  if ! cmp -s "$here/wanted" "$here/differs"; then
    echo "release $before was written to since it was verified, or the shipped tree is not the release; first of these:"
    diff "$here/wanted" "$here/differs" | sed -n 's/^[<>] //p' | head -n 20
    return 5
  fi
  if [ -n "$sums" ]; then
    printf '%s' "$sums" >"$here/sums"
    sha256sum --quiet --strict -c "$here/sums" >"$here/bad" 2>&1 || { head -n 20 "$here/bad"; return 5; }
  fi
}

if spared && filled "$@" >"$here/spared"; then :; else
  linked || exit 1
  filled "$@"
  code=$?
  if [ "$code" -ne 0 ]; then
    rm -f "$found"
    exit "$code"
  fi
fi
sync -f "$tree" 2>/dev/null || sync
for old in "$base/whole/$name".*; do [ "$old" = "$found" ] || rm -f "$old"; done
cd / && mv -T "$tree" "$final" || exit 1
for left in odd gone come differs wanted sums bad spared; do [ ! -s "$here/$left" ] || : >"$here/$left"; done
echo "release $name is complete"
