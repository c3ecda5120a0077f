# Takes away what the starts of a project have written beside its releases. Arguments: host path, project key.
cd "$1/.cedar/$2" 2>/dev/null || exit 0
rm -rf files stopped.* port.*
