#!/bin/sh
# Installs Debian packages as root without starting or enabling the services that come with them.
#   sh scripts/install-packages.sh openssh-server supervisor …
# A policy-rc.d that answers 101 keeps them from being started; the boot links that are new afterwards are
# removed. Services that were there before are left alone.
set -eu

policy=/usr/sbin/policy-rc.d
work=$(mktemp -d)

boot_links() {
  find /etc/systemd/system /etc/rc[0-6S].d \( -path '/etc/rc*/S*' -o -path '/etc/systemd/*' \) -type l \
    2>/dev/null | LC_ALL=C sort || true
}

restore() {
  rm -f "$policy"
  if [ -e "$work/policy" ] || [ -L "$work/policy" ]; then mv "$work/policy" "$policy"; fi
  rm -rf "$work"
}

boot_links >"$work/before"
trap restore EXIT
trap 'exit 130' INT TERM HUP
if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$work/policy"; fi
printf '#!/bin/sh\n# Put here by install-packages.sh for the time of one installation.\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
apt-get update
apt-get install --yes --no-install-recommends -- "$@"

boot_links >"$work/after"
LC_ALL=C comm -13 "$work/before" "$work/after" >"$work/new"
while IFS= read -r link; do
  case "$link" in
    /etc/rc*) service=${link##*/S[0-9][0-9]}; update-rc.d "$service" disable || true ;;
    *.service | *.socket | *.timer) echo "Not enabled: ${link##*/}"; rm -f "$link" ;;
  esac
done <"$work/new"
