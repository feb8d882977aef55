#!/usr/bin/env bash
# An independent validator of Peppol BIS Billing 3.0, from Maven Central.
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
POM=$HERE/invoice-validator/pom.xml
VERSION=$(sed -n 's:.*<phive-rules.version>\(.*\)</phive-rules.version>.*:\1:p' "$POM")
# Outside the build folder and keyed by version: survives `make clean` and fresh clones.
CACHE=${TALLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tally}/invoice-validator-$VERSION
LIBS=$CACHE/libs

usage() {
    cat <<USAGE
usage: scripts/invoice-validator.sh COMMAND
  libs      fetch the validator's jars if needed and print their directory
  validate  validate the files that are named on the standard input, one a line; see
            invoice-validator/Validate.java for what it prints
Settings: TALLY_CACHE (default: ~/.cache/tally)
USAGE
}

say() { printf 'invoice-validator: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

need() { command -v "$1" >/dev/null || fail "$1 is not on the PATH. Install $2 and try again."; }

fetch_libs() {
    need mvn "Maven (apt-get install maven)"
    local fresh
    fresh=$(mktemp -d "$CACHE/fetch.XXXXXX")
    say "fetching the Peppol rules $VERSION from Maven Central into $LIBS"
    if ! mvn -q -B -f "$POM" dependency:copy-dependencies \
        "-DoutputDirectory=$fresh" -DincludeScope=runtime </dev/null >&2; then
        rm -rf "$fresh"
        fail "Maven could not fetch the validator (see above). Check the network and try again."
    fi
    chmod 755 "$fresh"
    # Renamed last: a directory called libs is a whole one, even after a kill half-way.
    mv "$fresh" "$LIBS"
}

ensure_libs() {
    [[ -d $LIBS ]] && return
    mkdir -p "$CACHE"
    (
        # Two test runs on one machine must not fetch into each other's way.
        flock 9
        [[ -d $LIBS ]] || fetch_libs
    ) 9>"$CACHE/lock"
}

validate() {
    need java "a JDK, version 17 or later (apt-get install openjdk-17-jdk-headless)"
    ensure_libs
    exec java -Xmx1g -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$LIBS/*" "$HERE/invoice-validator/Validate.java"
}

case ${1:-} in
    libs) ensure_libs; printf '%s\n' "$LIBS" ;;
    validate) validate ;;
    help | -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
esac
