# Removes an unfinished release folder. Arguments: host path, project key, temporary name.
case $3 in */* | '' ) exit 1 ;; *.tmp) rm -rf "$1/.cedar/$2/releases/$3" ;; *) exit 1 ;; esac
