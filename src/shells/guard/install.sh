# Installs the guard from standard input unless that very version is there; prunes runs of more than a week ago.
# Arguments: guard folder, file name, sha-256 of the script.
mkdir -p "$(dirname "$1")" || exit 1
umask 077
mkdir -p "$1/projects" || exit 1
file=$1/$2
if ! [ -f "$file" ] || [ "$(sha256sum <"$file" | cut -d' ' -f1)" != "$3" ]; then
  cat >"$file.$$" && sync "$file.$$" && mv -f "$file.$$" "$file" || exit 1
fi
find "$1/projects" -mindepth 3 -maxdepth 3 -path '*/runs/*' -mtime +7 -exec rm -rf {} + 2>/dev/null
find "$1/projects" -mindepth 2 -maxdepth 2 -name 'new.*' -mmin +600 -exec rm -rf {} + 2>/dev/null
exit 0
