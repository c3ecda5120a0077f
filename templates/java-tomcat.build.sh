# How a java-tomcat project is built, in its checkout: by maven with the arguments of its settings, or by the build
# command; then its war is laid into deploy-war.
if [ -n "$CEDAR_MAKE" ]; then
  eval "$CEDAR_MAKE"
else
  echo "mvn $CEDAR_OPTION_MAVEN_ARGUMENTS"
  # The arguments are words without quotes and wildcards.
  mvn $CEDAR_OPTION_MAVEN_ARGUMENTS
fi

war=$CEDAR_OPTION_WAR
if [ -z "$war" ]; then
  for file in target/*.war; do
    [ -f "$file" ] || continue
    if [ -n "$war" ]; then
      echo "target/ holds more than one war: ${war#target/}, ${file#target/}. Name yours in the project's settings." >&2
      exit 1
    fi
    war=$file
  done
fi
if [ -z "$war" ] || ! [ -f "$war" ]; then
  echo "There is no war: ${war:-none in target/}" >&2
  exit 1
fi
mkdir -p deploy-war/webapps
cp -f "$war" deploy-war/webapps/ROOT.war
echo "$war is shipped as webapps/ROOT.war"
