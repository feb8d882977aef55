#!/usr/bin/env bash
# A real mail server (GreenMail) from Maven Central, for tests.
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
POM=$HERE/smtp-server/pom.xml
VERSION=$(sed -n 's:.*<greenmail.version>\(.*\)</greenmail.version>.*:\1:p' "$POM")
# Outside the build folder and keyed by version: survives `make clean` and fresh clones.
CACHE=${TALLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tally}/greenmail-$VERSION
LIBS=$CACHE/libs

usage() {
    cat <<USAGE
usage: scripts/smtp-server.sh COMMAND
  libs                        fetch the server's jar if needed and print its directory
  serve SMTP SMTPS POP3       serve on these ports of 127.0.0.1 until the standard input ends; see
                              smtp-server/Serve.java for whom it refuses
Settings: TALLY_CACHE (default: ~/.cache/tally), TALLY_SMTP_KEYSTORE (PKCS12 with the password "changeit", for SMTPS)
USAGE
}

say() { printf 'smtp-server: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

need() { command -v "$1" >/dev/null || fail "$1 is not on the PATH. Install $2 and try again."; }

fetch_libs() {
    need mvn "Maven (apt-get install maven)"
    local fresh
    fresh=$(mktemp -d "$CACHE/fetch.XXXXXX")
    say "fetching GreenMail $VERSION from Maven Central into $LIBS"
    if ! mvn -q -B -f "$POM" dependency:copy-dependencies \
        "-DoutputDirectory=$fresh" -DincludeScope=runtime </dev/null >&2; then
        rm -rf "$fresh"
        fail "Maven could not fetch the server (see above). Check the network and try again."
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

serve() {
    need java "a JDK, version 17 or later (apt-get install openjdk-17-jdk-headless)"
    ensure_libs
    local keystore=()
    if [[ -n ${TALLY_SMTP_KEYSTORE:-} ]]; then
        keystore=("-Dgreenmail.tls.keystore.file=$TALLY_SMTP_KEYSTORE" -Dgreenmail.tls.keystore.password=changeit)
    fi
    exec java -Xmx256m "${keystore[@]}" -cp "$LIBS/*" "$HERE/smtp-server/Serve.java" "$@"
}

case ${1:-} in
    libs) ensure_libs; printf '%s\n' "$LIBS" ;;
    serve)
        [[ $# -eq 4 ]] || { usage >&2; exit 2; }
        serve "${@:2}"
        ;;
    help | -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
esac
