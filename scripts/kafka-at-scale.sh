#!/usr/bin/env bash
# A million events through a real broker, with tally killed every few seconds; then the same events in
# journal mode, undisturbed. Exits 0 when both gave the same billing records. docs/kafka-at-scale.md
# explains the steps, so that they can be done by hand too.
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(realpath -- "$HERE/..")
EVENTS=${EVENTS:-1000000}
SEED=${SEED:-1}
KILLS=${KILLS:-10}
# A year that is over: with the recorded clock, what claims to come from the future is suspended.
YEAR=${YEAR:-2025}
# After every period of that year has closed, the corrections of late events too.
UNTIL=$((YEAR + 1))-02-15T00:00:00Z
WORK=$(realpath -m -- "${1:-$ROOT/target/at-scale}")
TALLY=${TALLY:-$ROOT/target/release/tally}
CATALOG=$ROOT/config/catalog.toml
CONFIG=$WORK/tally.toml
GROUP=at-scale
RUNNING=

say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }
fail() { say "$*"; exit 1; }
kafka() { "$HERE/kafka.sh" "$1" "$WORK/kafka"; }
tool() { java -Xmx512m -cp "$LIBS/*" "$@" 2>>"$WORK/tools.log"; }

# The same settings give the same bytes, wherever they go.
generate() {
    "$TALLY" generate --events "$EVENTS" --seed "$SEED" --year "$YEAR" --tick-at "$UNTIL" "$@"
}

run_journal() {
    say "journal mode, undisturbed"
    "$TALLY" run --journal "$WORK/journal" --catalog "$CATALOG" --until "$UNTIL" 2>>"$WORK/journal.log"
}

write_config() {
    sed -e "s|^bootstrap = .*|bootstrap = \"$BOOTSTRAP\"|" \
        -e "s|^group = .*|group = \"$GROUP\"|" \
        -e "s|^state_dir = .*|state_dir = \"$WORK/state\"|" \
        -e "s|^catalog = .*|catalog = \"$CATALOG\"|" \
        -e 's|^clock = .*|clock = "recorded"|' \
        -e 's|^listen = .*|listen = "127.0.0.1:0"|' \
        "$ROOT/config/tally.toml" >"$CONFIG"
}

load() {
    say "the same events into Kafka at $BOOTSTRAP"
    "$TALLY" topics create --config "$CONFIG"
    generate --kafka "$BOOTSTRAP"
}

start_tally() {
    "$TALLY" run --config "$CONFIG" </dev/null 2>>"$WORK/tally.log" &
    RUNNING=$!
}

# Usage inputs that were committed when the partitions were last taken over: shows that the kills hit work.
committed() {
    sed -nE 's/.*"taken over","partition":([0-9]+),"usage":([0-9]+).*/\1 \2/p' "$WORK/tally.log" |
        awk '{ usage[$1] = $2 } END { for (partition in usage) sum += usage[partition]; print sum + 0 }'
}

kill_again_and_again() {
    local round
    for ((round = 1; round <= KILLS; round++)); do
        start_tally
        sleep "$((1 + RANDOM % 3)).$((RANDOM % 10))"
        kill -0 "$RUNNING" 2>/dev/null || fail "tally ended by itself; see $WORK/tally.log"
        kill -9 "$RUNNING"
        wait "$RUNNING" 2>/dev/null || true
        say "kill -9 number $round; it had begun at $(committed) committed inputs of $EVENTS"
    done
}

# Inputs that the group has not committed; nothing while a partition has no commit at all.
lag() {
    tool org.apache.kafka.tools.consumer.group.ConsumerGroupCommand \
        --bootstrap-server "$BOOTSTRAP" --describe --group "$GROUP" |
        awk '$2 ~ /^usage-/ { if ($6 ~ /^[0-9]+$/) { sum += $6; seen = 1 } else open = 1 }
             END { if (seen && !open) print sum }'
}

run_to_the_end() {
    local left
    start_tally
    until left=$(lag) && [[ $left == 0 ]]; do
        kill -0 "$RUNNING" 2>/dev/null || fail "tally ended by itself; see $WORK/tally.log"
        say "${left:-all} inputs left"
        sleep 2
    done
    kill -TERM "$RUNNING"
    wait "$RUNNING" || fail "tally did not stop cleanly: exit $?; see $WORK/tally.log"
    RUNNING=
}

published_records() {
    # Its timeout is how it ends, and makes it exit with 1.
    tool org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "$BOOTSTRAP" --topic billing-records \
        --from-beginning --isolation-level read_committed --timeout-ms 10000 || true
}

# Sorted, and without what may differ: an event's offset says where it lies, in a journal or in a partition.
comparable() { sed -E 's/,"offsets":\{[^}]*\}//g' | LC_ALL=C sort; }

compare() {
    published_records | comparable >"$WORK/kafka-records"
    comparable <"$WORK/journal/out/billing-records.ndjson" >"$WORK/journal-records"
    [[ -s $WORK/journal-records ]] || fail "journal mode gave no records: nothing is compared"
    cmp "$WORK/journal-records" "$WORK/kafka-records" ||
        fail "the records differ: diff $WORK/journal-records $WORK/kafka-records"
    say "the same $(wc -l <"$WORK/journal-records") records in both, after $KILLS kills"
}

clean_up() {
    [[ -z $RUNNING ]] || kill -9 "$RUNNING" 2>/dev/null || true
    kafka stop
}

[[ -x $TALLY ]] || fail "$TALLY is not there: run make build, or set TALLY"
[[ ! -e $WORK/journal ]] || fail "$WORK is from an earlier run: remove it, or name another directory"
mkdir -p "$WORK"
LIBS=$("$HERE/kafka.sh" libs)
trap clean_up EXIT
say "$EVENTS events into a journal"
generate --journal "$WORK/journal"
run_journal
BOOTSTRAP=$(kafka start)
write_config
load
kill_again_and_again
run_to_the_end
compare
