# levelled TREE LISTING OTHER LISTING-OF-THE-OTHER: makes the files of one tree those of the other, by hard links where
# the listings (see seal.sh) differ. Folders and links must be the same in both: else it fails and has touched nothing.
# In $here it may write odd, gone and come.
levelled() {
  comm -3 "$2" "$4" | sed -n -e "/^\t\{0,1\}[dl]/w $here/odd" \
    -e "s/^f [0-7]* \(.*\)\t[^\t]*$/\1/w $here/gone" -e "s/^\tf [0-7]* \(.*\)\t[^\t]*$/\1/w $here/come" || return 1
  [ ! -s "$here/odd" ] && cd "$1" || return 1
  if [ -s "$here/gone" ]; then xargs -d '\n' rm -f -- <"$here/gone" || return 1; fi
  [ ! -s "$here/come" ] || { cd "$3" && xargs -d '\n' cp -al --parents -t "$1" -- <"$here/come"; }
}
