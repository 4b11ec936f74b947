#!/usr/bin/env bash
# Once: resolves the class paths from Maven Central and compiles the load programs into $BENCH_HOME.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BENCH_HOME:=${TMPDIR:-/tmp}/tombolo-bench}" "${JAVA_HOME:?set it to a JDK 25}"
mkdir -p "$BENCH_HOME/classes"
for profile in clients broker mm2; do
  [ -s "$BENCH_HOME/$profile.cp" ] && [ "$BENCH_HOME/$profile.cp" -nt "$here/pom.xml" ] && continue
  "$here/../../mvnw" -q -B -f "$here/pom.xml" "-P$profile" dependency:build-classpath "-Dmdep.outputFile=$BENCH_HOME/$profile.cp"
done
"$JAVA_HOME/bin/javac" -nowarn -cp "$(cat "$BENCH_HOME/clients.cp")" -d "$BENCH_HOME/classes" "$here"/load/*.java
