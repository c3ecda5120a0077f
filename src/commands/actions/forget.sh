# Removes what a project was run with beside its releases: its Tomcat, or its job. Arguments: host path, project key.
base=$1/.cedar/$2
rm -rf "$base/tomcat" "$base/job" && echo "gone: $base/tomcat and $base/job"
