#!/usr/bin/env bash
# System under test: the brokers of one Tombolo region, started by the launcher of the distribution from a generated topology file.
# Verbs and variables as in kafka.sh; besides TOMBOLO_DIST (folder with lib/, default: what the build assembles) and, for the target of
# a link: SUT_SOURCE (bootstrap of the source), SUT_SOURCE_KIND (tombolo or kafka), SUT_LINK_TOPICS (comma-separated).
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
: "${SUT_HEAP:=1g}" "${SUT_JVM:=}" "${SUT_REGION:=eu}" "${SUT_LINK_TOPICS:=}" "${SUT_NODES:=1}" "${SUT_NODE:=1}" "${SUT_CONTROLLERS:=0}" "${SUT_SOURCE_KIND:=tombolo}" "${SUT_HOST:=127.0.0.1}" "${SUT_INTO:=}" "${SUT_CLEANER_BACKOFF_MS:=15000}" "${TOMBOLO_DIST:=$root/docker/target/tombolo}"
# Clients, administration and the other brokers: as many ports each as there are brokers.
admin=$((SUT_PORT + SUT_NODES)) internal=$((SUT_PORT + 2 * SUT_NODES))
# Controllers of their own come behind them; their node ids begin above 100000.
controllers=$((SUT_PORT + 3 * SUT_NODES))
# Brokers of one host have a port each, those of several the same.
address() { case $SUT_HOST in *"{n}"*) echo "${SUT_HOST//\{n\}/$1}:$SUT_PORT" ;; *) echo "$SUT_HOST:$((SUT_PORT + $1 - 1))" ;; esac; }
case "$1" in
bootstrap) for node in $(seq 1 "$SUT_NODES"); do printf '%s%s' "$([ "$node" = 1 ] || echo ,)" "$(address "$node")"; done ;;
prepare)
  [ -d "$TOMBOLO_DIST/lib" ] || { echo "no distribution in $TOMBOLO_DIST: run ./mvnw -DskipTests -pl docker -am package" >&2; exit 1; }
  # A launcher beside lib/ runs what is there; the one of the source tree would look for changed sources first.
  cmp -s "$root/tombolo" "$TOMBOLO_DIST/tombolo" || cp "$root/tombolo" "$TOMBOLO_DIST/tombolo"
  # Whatever the launcher prepares at first use is no part of a measured start.
  sh "$TOMBOLO_DIST/tombolo" broker --help > "$TOMBOLO_DIST/prepare.out" 2>&1 || true
  mkdir -p "$SUT_DIR"
  {
    echo "tombolo: 1"
    echo "name: bench"
    echo "regions:"
    if [ -n "$SUT_LINK_TOPICS" ]; then
      if [ "$SUT_SOURCE_KIND" = kafka ]; then
        echo "  eu: { bootstrap: \"$SUT_SOURCE\" }"
      else
        echo "  eu: { kafka: \"$SUT_SOURCE\", admin: \"127.0.0.1:$((${SUT_SOURCE##*:} + 1))\" }"
      fi
    fi
    echo "  $SUT_REGION:"
    echo "    brokers: $SUT_NODES"
    echo "    kafka: \"$SUT_HOST:$SUT_PORT\""
    [ "$SUT_NODES" = 1 ] || echo "    internal: \"$SUT_HOST:$internal\""
    echo "    admin: \"$SUT_HOST:$admin\""
    [ "$SUT_CONTROLLERS" = 0 ] ||
      echo "    controllers: { count: $SUT_CONTROLLERS, admin: \"$SUT_HOST:$controllers\", internal: \"$SUT_HOST:$((controllers + SUT_CONTROLLERS))\" }"
    [ "$SUT_HOST" = 127.0.0.1 ] || echo "    allowInsecure: true"
    echo "    storage: { dir: \"$SUT_DIR/data\" }"
    echo "    config: { auto.create.topics.enable: false, group.initial.rebalance.delay.ms: 0, log.cleaner.backoff.ms: $SUT_CLEANER_BACKOFF_MS, group.consumer.min.session.timeout.ms: 1000, group.consumer.min.heartbeat.interval.ms: 100 }"
    if [ -n "$SUT_LINK_TOPICS" ]; then
      echo "links:"
      echo "  eu-to-$SUT_REGION: { from: eu, to: $SUT_REGION, topics: [${SUT_LINK_TOPICS}] }"
    fi
  } > "$SUT_DIR/tombolo.yaml"
  ;;
start)
  role=broker id=$SUT_NODE
  [ "$SUT_NODE" -le 100000 ] || { role=controller id=$((SUT_NODE - 100000)); }
  # shellcheck disable=SC2086 # the command that enters is words
  TOMBOLO_HEAP=$SUT_HEAP TOMBOLO_JVM=$SUT_JVM setsid nohup ${SUT_INTO//\{n\}/$SUT_NODE} sh "$TOMBOLO_DIST/tombolo" $role -f "$SUT_DIR/tombolo.yaml" --region "$SUT_REGION" --id "$id" \
    > "$SUT_DIR/node-$SUT_NODE.out" 2>&1 < /dev/null &
  echo $! > "$SUT_DIR/node-$SUT_NODE.pid"
  ;;
*) echo "unknown verb $1" >&2; exit 2 ;;
esac
