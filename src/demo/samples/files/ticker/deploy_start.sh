#!/bin/sh
# Prints the time until it is stopped.
PAUSE=10
trap 'echo stopped; exit 0' TERM
while :; do
  date
  sleep "$PAUSE" &
  wait $!
done
