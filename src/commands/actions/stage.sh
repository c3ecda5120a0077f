# Makes a release out of the one before, in one go: hard links of that, the differing files from a tar stream,
# verified. What was sent is held against its sums. Of the others it is enough that they are links to files that were
# verified in the release before and bear the same marks (inode, size, mtime) since.
# Where a removed release was kept as a spare, only what it differs in is linked anew.
# Arguments: host path, project key, temporary name, final name, base folder's name, digest of the base's checks,
# SHA-256 of the listing, digest of the checks, bytes of the paths to leave out, bytes of the sums, yes where paths go,
# then for each shared path: file|folder and the path. Input: the paths (NUL-separated), the sums of the files that
# are sent (in byte order of the paths), the tar stream of what is sent.
base=$1/.cedar/$2
here=$(pwd)
tmp=$base/releases/$3
final=$base/releases/$4
known=$base/whole/$5.$6
temporary=$3 name=$4 before=$5 listing=$7 digest=$8 paths=$9
shift 9
sums=$1 goes=$2
shift 2
if [ -d "$final" ]; then echo "release $name was completed before its worker was lost"; exit 0; fi
[ -f "$known" ] || { echo "release $before was not verified yet"; exit 9; }
command -v tar >/dev/null 2>&1 && command -v comm >/dev/null 2>&1 || { echo "tar or comm is missing"; exit 9; }
mkdir -p "$base/shared" && cd "$base/releases" || exit 1
for old in "${temporary%%.*}".*.tmp; do [ -d "$old" ] && rm -rf "$old"; done

linked() { cd "$base/releases" && rm -rf "$tmp" && cp -al "$before" "$tmp"; }

# Folders and links of the spare must be those of the base; of files it may have others.
spared() {
  [ -f "$base/spare/known" ] || return 1
  LC_ALL=C comm -3 "$base/spare/known" "$known" >"$here/apart" && ! grep -q '^.\{0,1\}[dl]' "$here/apart" || return 1
  mv -T "$base/spare/tree" "$tmp" && rm -rf "$base/spare" || return 1
  sed -n 's/^f [0-7]* \(.*\)\t[^\t]*$/\1/p' "$here/apart" | tr '\n' '\0' >"$here/gone"
  sed -n 's/^\tf [0-7]* \(.*\)\t[^\t]*$/\1/p' "$here/apart" | tr '\n' '\0' >"$here/come"
  cd "$tmp" && xargs -0 -r rm -f -- <"$here/gone" && cd "../$before" &&
    xargs -0 -r cp -al --parents -t "$tmp" -- <"$here/come"
}

# The temporary folder becomes the release, or 5: it is not.
filled() {
  cd "$tmp" && exec <"$here/input" || return 1
  for one in "$base/shared"/* "$base/shared"/.[!.]*; do
    if [ -e "$one" ]; then find . -type l -lname "$base/shared/*" -delete; break; fi
  done
  head -c "$paths" | xargs -0 -r rm -f -- && head -c "$sums" >"$here/sums" || return 1
  [ "$goes" != yes ] || find . -mindepth 1 -type d -empty -delete
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
    -o -type l -printf 'l - %p -> %l\n' -o -printf '%y %m %p\t%i %s %T@\n' \) | LC_ALL=C sort >"$here/found"
  if [ "$(grep -v '^d' "$here/found" | cut -f 1 | sha256sum | cut -d' ' -f1)" != "$listing" ]; then
    echo "the shipped tree is not the release"
    return 5
  fi
  LC_ALL=C comm -13 "$known" "$here/found" | sed -n 's/^f [0-7]* \(.*\)\t[^\t]*$/\1/p' | LC_ALL=C sort >"$here/new"
  if ! cut -c 67- "$here/sums" | cmp -s - "$here/new"; then
    echo "release $before was written to since it was verified; first of these files:"
    cut -c 67- "$here/sums" | LC_ALL=C comm -13 - "$here/new" | head -n 20
    return 5
  fi
  if [ -s "$here/sums" ]; then
    sha256sum --quiet --strict -c "$here/sums" >"$here/bad" 2>&1 || { head -n 20 "$here/bad"; return 5; }
  fi
}

if spared && filled "$@" >"$here/spared"; then :; else
  linked || exit 1
  filled "$@" || exit
fi
sync -f "$tmp" 2>/dev/null || sync
cd / && mv -T "$tmp" "$final" || exit 1
rm -f "$base/whole/$name".*
mv -f "$here/found" "$base/whole/$name.$digest"
rm -f "$here/sums" "$here/new" "$here/bad" "$here/apart" "$here/gone" "$here/come" "$here/spared"
echo "release $name is complete"
