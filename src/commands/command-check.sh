# Asks one process of a project by its author's command how it is. Arguments: nonce, host path, project key, process,
# seconds, token, bytes of the command. Input: the environment as lines of sh, then the command.
# The last line tells: nonce, exit code (124: too slow; - without a command), whether somebody stopped it, whether the
# start of that token left something running.
nonce=$1 root=$2 key=$3 process=$4 seconds=$5 token=$6 bytes=$7
text=$(cat && printf x) || exit 5
code=-
if [ "$bytes" -gt 0 ]; then
  if cd "$root/$key" 2>/dev/null; then
    if [ -x /bin/bash ]; then set -- /bin/bash -eo pipefail; else set -- /bin/sh -e; fi
    timeout -k 1 "$seconds" env -i HOME="$HOME" USER="$(id -un)" LANG=C.UTF-8 SHELL=/bin/sh TERM=dumb \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" /dev/fd/3 </dev/null 2>&1 3<<END
exec 3<&-
${text%x}
END
    code=$?
  else
    code=absent
  fi
fi
stopped=no
[ -f "$root/.cedar/$key/stopped.$process" ] && stopped=yes
begun=no
# Its exit code would tell of processes that end meanwhile.
[ -n "$token" ] && [ -n "$(grep -lzxF "CEDAR_START=$token" /proc/[0-9]*/environ 2>/dev/null)" ] && begun=yes
printf '\n%s %s %s %s\n' "$nonce" "$code" "$stopped" "$begun"
