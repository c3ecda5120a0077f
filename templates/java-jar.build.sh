# How a java-jar project is built, in its checkout: by maven with the arguments of its settings, or by the build
# command; then its runnable jar is laid into deploy-jar.
if [ -n "$CEDAR_MAKE" ]; then
  eval "$CEDAR_MAKE"
else
  echo "mvn $CEDAR_OPTION_MAVEN_ARGUMENTS"
  # The arguments are words without quotes and wildcards.
  mvn $CEDAR_OPTION_MAVEN_ARGUMENTS
fi

# A jar that `java -jar` can run names its main class.
runnable() {
  rm -rf deploy-jar.look && mkdir deploy-jar.look
  (cd deploy-jar.look && jar -xf "../$1" META-INF/MANIFEST.MF) || return 1
  grep -q '^Main-Class:' deploy-jar.look/META-INF/MANIFEST.MF
}

jar=$CEDAR_OPTION_JAR
if [ -z "$jar" ]; then
  for file in target/*.jar; do
    case $file in *-sources.jar | *-javadoc.jar | *-tests.jar) continue ;; esac
    [ -f "$file" ] && runnable "$file" || continue
    if [ -n "$jar" ]; then
      echo "target/ holds more than one runnable jar: ${jar#target/}, ${file#target/}. Name yours in the project's settings." >&2
      exit 1
    fi
    jar=$file
  done
  rm -rf deploy-jar.look
fi
if [ -z "$jar" ] || ! [ -f "$jar" ]; then
  echo "There is no runnable jar: ${jar:-none in target/ has a Main-Class}" >&2
  exit 1
fi
mkdir -p deploy-jar
cp -f "$jar" "deploy-jar/$CEDAR_OPTION_NAME"
echo "$jar is shipped as $CEDAR_OPTION_NAME"
