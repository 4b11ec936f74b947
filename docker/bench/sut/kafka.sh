#!/usr/bin/env bash
# System under test: Apache Kafka (KRaft, one node, broker and controller) from its Maven Central jars.
# Verbs: prepare (data folder, once), start (in the background, writes $SUT_DIR/pid), bootstrap, bootstrap-wan.
# In: SUT_DIR SUT_PORT (the broker listens on it) SUT_REGION SUT_HEAP SUT_JVM SUT_GC BENCH_HOME JAVA_HOME
set -eu
: "${SUT_HEAP:=1g}" "${SUT_JVM:=}"
# The flags of Kafka's own start script, unless SUT_GC overrides them.
: "${SUT_GC:=-XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent -XX:MaxInlineLevel=15}"
class_path=$(cat "$BENCH_HOME/broker.cp")
controller=$((SUT_PORT + 1))
# A second listener, advertised on the port of the relay that adds a round trip.
wan=$((SUT_PORT + 2)) relay=$((SUT_PORT + 3))
case "$1" in
bootstrap) echo "127.0.0.1:$SUT_PORT" ;;
bootstrap-wan) echo "127.0.0.1:$relay" ;;
prepare)
  mkdir -p "$SUT_DIR"
  cat > "$SUT_DIR/log4j2.xml" <<XML
<Configuration status="ERROR"><Appenders><File name="file" fileName="\${sys:logfile}"><PatternLayout pattern="%d %p %c{1} %m%n"/></File></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="file"/></Root></Loggers></Configuration>
XML
  cat > "$SUT_DIR/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$SUT_PORT,CONTROLLER://127.0.0.1:$controller,WAN://127.0.0.1:$wan
advertised.listeners=PLAINTEXT://127.0.0.1:$SUT_PORT,WAN://127.0.0.1:$relay
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,WAN:PLAINTEXT
log.dirs=$SUT_DIR/data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
PROPERTIES
  "$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -Dlogfile="$SUT_DIR/format.log" -Dlog4j2.configurationFile="$SUT_DIR/log4j2.xml" \
    -cp "$class_path" kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$SUT_DIR/server.properties" > "$SUT_DIR/format.out" 2>&1 \
    || { cat "$SUT_DIR/format.out" >&2; exit 1; }
  ;;
start)
  # shellcheck disable=SC2086 # flags are words
  setsid nohup "$JAVA_HOME/bin/java" -Xms"$SUT_HEAP" -Xmx"$SUT_HEAP" -server $SUT_GC $SUT_JVM -Djava.awt.headless=true \
    -Dlogfile="$SUT_DIR/broker.log" -Dlog4j2.configurationFile="$SUT_DIR/log4j2.xml" \
    -cp "$class_path" kafka.Kafka "$SUT_DIR/server.properties" > "$SUT_DIR/broker.out" 2>&1 < /dev/null &
  echo $! > "$SUT_DIR/pid"
  ;;
*) echo "unknown verb $1" >&2; exit 2 ;;
esac
