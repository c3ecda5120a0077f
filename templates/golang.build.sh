# How a golang project is built, in its checkout: by its own deploy_build.sh, which gets the project's name and the
# build command as its arguments; else by the build command; else as one Go program.
if [ -f deploy_build.sh ]; then
  sh deploy_build.sh "$CEDAR_NAME" "$CEDAR_MAKE"
elif [ -n "$CEDAR_MAKE" ]; then
  eval "$CEDAR_MAKE"
else
  echo "go build -o deploy-bin/bin/$CEDAR_NAME $CEDAR_OPTION_PACKAGE"
  go build -o "deploy-bin/bin/$CEDAR_NAME" "$CEDAR_OPTION_PACKAGE"
fi
