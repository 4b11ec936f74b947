#!/usr/bin/env bash
# System under test: Apache Kafka (KRaft, each node broker and controller unless SUT_CONTROLLERS says otherwise) from its Maven Central jars.
# Verbs: prepare (data folders, once), start (node $SUT_NODE in the background, writes $SUT_DIR/node-N.pid), bootstrap, bootstrap-wan.
# In: SUT_DIR SUT_NODES SUT_NODE (1 to SUT_NODES) SUT_PORT (node N listens from SUT_PORT + 4 (N - 1)) SUT_REGION SUT_HEAP SUT_JVM SUT_GC
# SUT_CONTROLLERS (how many beside the brokers: nodes 100001, ...; 0: the brokers themselves) SUT_CLEANER_BACKOFF_MS (how often the log cleaner looks for work) SUT_HOST and SUT_INTO ({n} is the node: its address, and the command that enters where it lives) BENCH_HOME JAVA_HOME
set -eu
: "${SUT_HEAP:=1g}" "${SUT_JVM:=}" "${SUT_NODES:=1}" "${SUT_NODE:=1}" "${SUT_CONTROLLERS:=0}" "${SUT_HOST:=127.0.0.1}" "${SUT_INTO:=}" "${SUT_CLEANER_BACKOFF_MS:=15000}"
# The flags of Kafka's own start script, unless SUT_GC overrides them.
: "${SUT_GC:=-XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent -XX:MaxInlineLevel=15}"
class_path=$(cat "$BENCH_HOME/broker.cp")
port() { echo $((SUT_PORT + 4 * ($1 - 1))); }
controller() { [ "$1" -gt 100000 ] && echo $((SUT_PORT + 4 * SUT_NODES + $1 - 100001)) || echo $(($(port "$1") + 1)); }
alone() { [ "$SUT_CONTROLLERS" = 0 ] || seq 100001 $((100000 + SUT_CONTROLLERS)); }
# A second listener, advertised on the port of the relay that adds a round trip.
wan() { echo $(($(port "$1") + 2)); }
relay() { echo $(($(port "$1") + 3)); }
each() { # what of each node, joined by commas
  for node in $(seq 1 "$SUT_NODES"); do printf '%s%s' "$([ "$node" = 1 ] || echo ,)" "$("$1" "$node")"; done
}
host() { echo "${SUT_HOST//\{n\}/$1}"; }
address() { echo "$(host "$1"):$(port "$1")"; }
relayed() { echo "127.0.0.1:$(relay "$1")"; }
voters() {
  [ "$SUT_CONTROLLERS" != 0 ] || { each voter; return; }
  for node in $(alone); do printf '%s%s' "$([ "$node" = 100001 ] || echo ,)" "$(voter "$node")"; done
}
voter() { echo "$1@$(host "$1"):$(controller "$1")"; }
case "$1" in
bootstrap) each address ;;
bootstrap-wan) each relayed ;;
prepare)
  mkdir -p "$SUT_DIR"
  replicas=$((SUT_NODES < 3 ? 1 : 3))
  cat > "$SUT_DIR/log4j2.xml" <<XML
<Configuration status="ERROR"><Appenders><File name="file" fileName="\${sys:logfile}"><PatternLayout pattern="%d %p %c{1} %m%n"/></File></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="file"/></Root></Loggers></Configuration>
XML
  for node in $(seq 1 "$SUT_NODES") $(alone); do
    brokers="PLAINTEXT://$(address "$node"),WAN://127.0.0.1:$(wan "$node")" own="CONTROLLER://$(host "$node"):$(controller "$node")"
    if [ "$node" -gt 100000 ]; then
      roles=controller listeners=$own advertised=$own
    else
      roles=broker,controller listeners="$brokers,$own" advertised="PLAINTEXT://$(address "$node"),WAN://127.0.0.1:$(relay "$node")"
      [ "$SUT_CONTROLLERS" = 0 ] || roles=broker listeners=$brokers
    fi
    cat > "$SUT_DIR/node-$node.properties" <<PROPERTIES
process.roles=$roles
node.id=$node
controller.quorum.voters=$(voters)
listeners=$listeners
advertised.listeners=$advertised
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,WAN:PLAINTEXT
log.dirs=$SUT_DIR/data-$node
offsets.topic.replication.factor=$replicas
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$((replicas < 3 ? 1 : 2))
group.initial.rebalance.delay.ms=0
log.cleaner.backoff.ms=$SUT_CLEANER_BACKOFF_MS
group.consumer.min.session.timeout.ms=1000
group.consumer.min.heartbeat.interval.ms=100
auto.create.topics.enable=false
PROPERTIES
    # A controller has no listener between brokers.
    [ "$roles" != controller ] || sed -i '/^inter.broker.listener.name/d' "$SUT_DIR/node-$node.properties"
    "$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -Dlogfile="$SUT_DIR/format-$node.log" -Dlog4j2.configurationFile="$SUT_DIR/log4j2.xml" \
      -cp "$class_path" kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$SUT_DIR/node-$node.properties" > "$SUT_DIR/format.out" 2>&1 \
      || { cat "$SUT_DIR/format.out" >&2; exit 1; }
  done
  ;;
start)
  # shellcheck disable=SC2086 # flags are words
  setsid nohup ${SUT_INTO//\{n\}/$SUT_NODE} "$JAVA_HOME/bin/java" -Xms"$SUT_HEAP" -Xmx"$SUT_HEAP" -server $SUT_GC $SUT_JVM -Djava.awt.headless=true \
    -Dlogfile="$SUT_DIR/node-$SUT_NODE.log" -Dlog4j2.configurationFile="$SUT_DIR/log4j2.xml" \
    -cp "$class_path" kafka.Kafka "$SUT_DIR/node-$SUT_NODE.properties" > "$SUT_DIR/node-$SUT_NODE.out" 2>&1 < /dev/null &
  echo $! > "$SUT_DIR/node-$SUT_NODE.pid"
  ;;
*) echo "unknown verb $1" >&2; exit 2 ;;
esac
