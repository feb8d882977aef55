#!/usr/bin/env bash
# A real Apache Kafka broker from Maven Central, for machines without a container engine.
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
POM=$HERE/kafka/pom.xml
VERSION=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$POM")
NAME=kafka
WHAT="Apache Kafka"
KEPT_AS=kafka
# shellcheck source=scripts/jars.sh
source "$HERE/jars.sh"
START_TIMEOUT_S=${TALLY_KAFKA_START_TIMEOUT_S:-60}
STOP_TIMEOUT_S=15
LOGGING=(-Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showDateTime=true)

usage() {
    cat <<USAGE
usage: scripts/kafka.sh COMMAND [DIR]
  libs     fetch the broker's jars if needed and print their directory
  start    start a broker with its data in DIR and print its bootstrap address
  stop     stop it (SIGTERM, then SIGKILL); its data stays
  kill     kill it at once (SIGKILL); its data stays
  status   print its address; exit 1 when it is not running
  env      print a line for eval: export TALLY_KAFKA_BOOTSTRAP=...
DIR is target/kafka unless said. A broker started again in a DIR keeps its port and its data.
Settings: TALLY_KAFKA_PORT (default: a free port), TALLY_KAFKA_HEAP (default: 1g),
          TALLY_CACHE (default: ~/.cache/tally)
USAGE
}

# --- ports --------------------------------------------------------------------------------------

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range from which the kernel takes the ports of outgoing connections.
free_port() {
    local port
    for _ in {1..100}; do
        port=$((20000 + RANDOM % 12000))
        port_answers "$port" || { printf '%s\n' "$port"; return; }
    done
    fail "no free port found on 127.0.0.1 in 100 attempts"
}

# --- broker -------------------------------------------------------------------------------------

write_properties() {
    local port controller
    port=${TALLY_KAFKA_PORT:-$(free_port)}
    controller=$(free_port)
    {
        cat "$HERE/kafka/server.properties"
        printf '\n# Of this broker:\n'
        printf 'listeners=PLAINTEXT://127.0.0.1:%s,CONTROLLER://127.0.0.1:%s\n' "$port" "$controller"
        printf 'advertised.listeners=PLAINTEXT://127.0.0.1:%s\n' "$port"
        printf 'controller.quorum.bootstrap.servers=127.0.0.1:%s\n' "$controller"
        printf 'log.dirs=%s/data\n' "$DIR"
    } >"$DIR/server.properties.new"
}

format_storage() {
    local id
    id=$(java -cp "$LIBS/*" kafka.tools.StorageTool random-uuid 2>/dev/null | tail -n 1)
    java -cp "$LIBS/*" kafka.tools.StorageTool format -t "$id" \
        -c "$DIR/server.properties.new" --standalone >"$DIR/format.log" 2>&1 ||
        fail "the data directory could not be formatted; see $DIR/format.log"
    # Its final name says that the storage is formatted.
    mv "$DIR/server.properties.new" "$DIR/server.properties"
}

bootstrap() { sed -n 's:^advertised.listeners=PLAINTEXT\://::p' "$DIR/server.properties" 2>/dev/null; }

# The pid of this directory's broker, if it runs. A pid file outlives its process and pids are used
# again, so the process must be a Kafka that was started with our properties.
running_pid() {
    local pid
    pid=$(cat "$DIR/pid" 2>/dev/null) || return 1
    [[ -r /proc/$pid/cmdline ]] || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "kafka.Kafka $DIR/server.properties" || return 1
    printf '%s\n' "$pid"
}

wait_until_up() {
    local pid=$1 address=$2 deadline=$((SECONDS + START_TIMEOUT_S))
    until port_answers "${address##*:}"; do
        kill -0 "$pid" 2>/dev/null || fail "the broker stopped while starting; see $DIR/broker.log"
        if ((SECONDS >= deadline)); then
            kill -9 "$pid" 2>/dev/null || true
            fail "the broker did not answer within $START_TIMEOUT_S s; see $DIR/broker.log"
        fi
        sleep 0.1
    done
}

start() {
    need_java
    ensure_libs
    mkdir -p "$DIR/data"
    if running_pid >/dev/null; then bootstrap; return; fi
    if [[ ! -f $DIR/server.properties ]]; then
        write_properties
        format_storage
    fi
    local heap=${TALLY_KAFKA_HEAP:-1g} address
    address=$(bootstrap)
    ! port_answers "${address##*:}" || fail "another process listens on $address; stop it or choose TALLY_KAFKA_PORT"
    # Its own session: a Ctrl-C meant for a client must not stop the broker.
    setsid java "-Xmx$heap" "${LOGGING[@]}" -cp "$LIBS/*" kafka.Kafka "$DIR/server.properties" \
        </dev/null >>"$DIR/broker.log" 2>&1 &
    printf '%s\n' "$!" >"$DIR/pid"
    wait_until_up "$!" "$address"
    printf '%s\n' "$address"
}

stop() {
    local pid deadline=$((SECONDS + STOP_TIMEOUT_S))
    pid=$(running_pid) || return 0
    kill -"${1:-TERM}" "$pid"
    while running_pid >/dev/null; do
        ((SECONDS < deadline)) || kill -9 "$pid" 2>/dev/null || true
        sleep 0.1
    done
    rm -f "$DIR/pid"
}

status() {
    running_pid >/dev/null || { say "not running in $DIR"; return 1; }
    bootstrap
}

COMMAND=${1:-}
DIR=${2:-$HERE/../target/kafka}
DIR=$(realpath -m -- "$DIR")

case $COMMAND in
    libs) ensure_libs; printf '%s\n' "$LIBS" ;;
    start) start ;;
    stop) stop ;;
    kill) stop KILL ;;
    status) status ;;
    env) address=$(status); printf 'export TALLY_KAFKA_BOOTSTRAP=%q\n' "$address" ;;
    help | -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
esac
