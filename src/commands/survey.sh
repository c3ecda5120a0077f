# What runs a project on this host already? Arguments: nonce, host path, project key, supervisor folder.
# Prints: NONCE plain · NONCE program FILE · NONCE file PATH (at most 20,000 of them)
nonce=$1 root=$2 key=$3 include=$4
grep -l "^\[program:$key\]" "$include"/* 2>/dev/null | while IFS= read -r file; do printf '%s program %s\n' "$nonce" "$file"; done
[ -L "$root/$key" ] && exit 0
cd "$root/$key" 2>/dev/null || exit 0
printf '%s plain\n' "$nonce"
find . \( -name .git -prune \) -o \( ! -type d -printf '%P\n' \) 2>/dev/null | head -n 20000 | while IFS= read -r path; do
  printf '%s file %s\n' "$nonce" "$path"
done
