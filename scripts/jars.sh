# Jars of Maven Central, fetched once and kept. Sourced by the scripts that need some, which have set
# NAME (their own), WHAT (what is fetched, for people), POM, VERSION, and KEPT_AS (its folder in the cache).
# shellcheck shell=bash

# Outside the build folder and keyed by version: survives `make clean` and fresh clones.
CACHE=${TALLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tally}/$KEPT_AS-$VERSION
LIBS=$CACHE/libs

say() { printf '%s: %s\n' "$NAME" "$*" >&2; }
fail() { say "$*"; exit 1; }

need() { command -v "$1" >/dev/null || fail "$1 is not on the PATH. Install $2 and try again."; }
need_java() { need java "a JDK, version 17 or later (apt-get install openjdk-17-jdk-headless)"; }

fetch_libs() {
    need mvn "Maven (apt-get install maven)"
    local fresh
    fresh=$(mktemp -d "$CACHE/fetch.XXXXXX")
    say "fetching $WHAT $VERSION from Maven Central into $LIBS"
    if ! mvn -q -B -f "$POM" dependency:copy-dependencies \
        "-DoutputDirectory=$fresh" -DincludeScope=runtime </dev/null >&2; then
        rm -rf "$fresh"
        fail "Maven could not fetch $WHAT (see above). Check the network and try again."
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
