#!/usr/bin/env bash
# A real mail server (GreenMail) from Maven Central, for tests.
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
POM=$HERE/smtp-server/pom.xml
VERSION=$(sed -n 's:.*<greenmail.version>\(.*\)</greenmail.version>.*:\1:p' "$POM")
NAME=smtp-server
WHAT="GreenMail"
KEPT_AS=greenmail
# shellcheck source=scripts/jars.sh
source "$HERE/jars.sh"

usage() {
    cat <<USAGE
usage: scripts/smtp-server.sh COMMAND
  libs                        fetch the server's jar if needed and print its directory
  serve SMTP SMTPS POP3       serve on these ports of 127.0.0.1 until the standard input ends; see
                              smtp-server/Serve.java for whom it refuses
Settings: TALLY_CACHE (default: ~/.cache/tally), TALLY_SMTP_KEYSTORE (PKCS12 with the password "changeit", for SMTPS)
USAGE
}

serve() {
    need_java
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
