# Makes the folders that a project needs on a host. Arguments: host path, project key, log folder or empty.
mkdir -p "$1/.cedar/$2/releases" "$1/.cedar/$2/shared" || exit 1
[ -z "$3" ] || mkdir -p "$3" || exit 1
echo "the folders of $2 are there"
