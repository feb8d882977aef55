#!/usr/bin/env bash
# An independent validator of Peppol BIS Billing 3.0, from Maven Central.
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
POM=$HERE/invoice-validator/pom.xml
VERSION=$(sed -n 's:.*<phive-rules.version>\(.*\)</phive-rules.version>.*:\1:p' "$POM")
NAME=invoice-validator
WHAT="the Peppol rules"
KEPT_AS=invoice-validator
# shellcheck source=scripts/jars.sh
source "$HERE/jars.sh"

usage() {
    cat <<USAGE
usage: scripts/invoice-validator.sh COMMAND
  libs      fetch the validator's jars if needed and print their directory
  validate  validate the files that are named on the standard input, one a line; see
            invoice-validator/Validate.java for what it prints
Settings: TALLY_CACHE (default: ~/.cache/tally)
USAGE
}

validate() {
    need_java
    ensure_libs
    exec java -Xmx1g -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$LIBS/*" "$HERE/invoice-validator/Validate.java"
}

case ${1:-} in
    libs) ensure_libs; printf '%s\n' "$LIBS" ;;
    validate) validate ;;
    help | -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
esac
