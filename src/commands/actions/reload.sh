# Runs a reload command. Arguments: its words.
"$@" </dev/null
