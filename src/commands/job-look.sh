# Looks at jobs; changes nothing. Arguments: nonce, number of crontab's words, those words, then for each job its
# folder, its marker and its file in cron.d (empty: it is in the crontab). Prints for each: NONCE job MARKED(yes|no|unknown) FOLDER, and for each of its recorded runs:
# NONCE run ID BEGIN END CODE PID NOW   (END and CODE -: it runs; CODE lost: it was ended without a result)
nonce=$1 count=$2
shift 2
words=
while [ "$count" -gt 0 ]; do words="$words $1"; shift; count=$((count - 1)); done
known=yes
# The words are of letters, digits and @%+=:,./- alone.
table=$(LC_ALL=C $words -l 2>&1) || case $table in *'no crontab for'*) table= ;; *) known=no ;; esac
now=$(date +%s)
while [ $# -ge 3 ]; do
  folder=$1 marker=$2 file=$3
  shift 3
  marked=no
  if [ -n "$file" ]; then
    grep -qsxF "# BEGIN $marker" "$file" && marked=yes
    [ -e "$file" ] && ! [ -r "$file" ] && marked=unknown
  else
    printf '%s\n' "$table" | grep -qxF "# BEGIN $marker" && marked=yes
    [ "$known" = yes ] || marked=unknown
  fi
  echo "$nonce job $marked $folder"
  for file in "$folder/commands/"*; do
    id=${file##*/}
    read -r begin pid ticks end code 2>/dev/null <"$folder/runs/$id" || continue
    if [ "$end" = - ] && [ "$(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f20)" != "$ticks" ]; then code=lost; fi
    echo "$nonce run $id $begin $end $code $pid $now"
  done
done
