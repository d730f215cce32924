#!/bin/sh
# The gate. It runs inside the public image; a status other than 0 keeps the image out.
# Add whatever your company asks of a base image: scans, functional tests, licences.
set -u

faults=0
fault() {
  echo "FAULT: $1"
  faults=$((faults + 1))
}

colour=$(echo "${BACKGROUND_COLOR:-}" | tr '[:upper:]' '[:lower:]')
case "$colour" in
  "") fault "BACKGROUND_COLOR is not set" ;;
  red) fault "BACKGROUND_COLOR is ${BACKGROUND_COLOR}, which breaks our pages" ;;
esac

if ! node --eval 'process.exit(1 + 1 === 2 ? 0 : 1)'; then
  fault "node does not run"
fi

if [ "$faults" -gt 0 ]; then
  echo "Validation failed: $faults fault(s)"
  exit 1
fi
echo "Validation complete: no known faults"
