#!/usr/bin/env bash
# Link under test: MirrorMaker 2, dedicated mode, one way A->B.
# Verbs: hold (both brokers run, nothing may be copied yet), start (begin to copy; writes $LINK_DIR/pid), name TOPIC (its name at the target).
# In: LINK_DIR LINK_SOURCE LINK_TARGET (bootstrap servers) LINK_TOPICS (* is any text) LINK_HEAP LINK_JVM LINK_TASKS LINK_TUNED (1: larger fetches and batches) BENCH_HOME JAVA_HOME
set -eu
: "${LINK_HEAP:=1g}" "${LINK_JVM:=}" "${LINK_TUNED:=0}" "${LINK_TASKS:=2}"
case "$1" in
name) echo "A.$2" ;;
hold) ;;
start)
  mkdir -p "$LINK_DIR"
  cat > "$LINK_DIR/log4j2.xml" <<XML
<Configuration status="ERROR"><Appenders><File name="file" fileName="$LINK_DIR/link.log"><PatternLayout pattern="%d %p %c{1} %m%n"/></File></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="file"/></Root></Loggers></Configuration>
XML
  cat > "$LINK_DIR/mm2.properties" <<PROPERTIES
clusters=A,B
A.bootstrap.servers=$LINK_SOURCE
B.bootstrap.servers=$LINK_TARGET
A->B.enabled=true
A->B.topics=${LINK_TOPICS//\*/.*}
A->B.groups=.*
B->A.enabled=false
B->A.emit.heartbeats.enabled=false
replication.factor=1
checkpoints.topic.replication.factor=1
heartbeats.topic.replication.factor=1
offset-syncs.topic.replication.factor=1
offset.storage.replication.factor=1
config.storage.replication.factor=1
status.storage.replication.factor=1
tasks.max=$LINK_TASKS
refresh.topics.interval.seconds=2
refresh.groups.interval.seconds=2
sync.group.offsets.enabled=true
sync.group.offsets.interval.seconds=1
emit.checkpoints.interval.seconds=1
sync.topic.acls.enabled=false
sync.topic.configs.enabled=false
dedicated.mode.enable.internal.rest=false
PROPERTIES
  if [ "$LINK_TUNED" = 1 ]; then
    cat >> "$LINK_DIR/mm2.properties" <<PROPERTIES
A.consumer.max.partition.fetch.bytes=4194304
A.consumer.fetch.max.bytes=52428800
A.consumer.max.poll.records=5000
A.consumer.receive.buffer.bytes=4194304
B.producer.batch.size=524288
B.producer.linger.ms=5
B.producer.buffer.memory=134217728
B.producer.max.request.size=8388608
PROPERTIES
  fi
  # shellcheck disable=SC2086 # flags are words
  setsid nohup "$JAVA_HOME/bin/java" -Xms"$LINK_HEAP" -Xmx"$LINK_HEAP" -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 $LINK_JVM \
    -Dlog4j2.configurationFile="$LINK_DIR/log4j2.xml" -cp "$(cat "$BENCH_HOME/mm2.cp")" \
    org.apache.kafka.connect.mirror.MirrorMaker "$LINK_DIR/mm2.properties" > "$LINK_DIR/link.out" 2>&1 < /dev/null &
  echo $! > "$LINK_DIR/pid"
  ;;
*) echo "unknown verb $1" >&2; exit 2 ;;
esac
