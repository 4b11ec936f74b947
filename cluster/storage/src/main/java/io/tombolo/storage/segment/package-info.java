/**
 * The files of a partition directory, one type per format, byte for byte as Apache Kafka writes
 * them.
 *
 * <p>Lives here: the log file of a segment with its offset, time and transaction indexes, producer
 * snapshots, checkpoint files, and the names of all of them.
 *
 * <p>Must never live here: decisions. When to roll, what to believe after a crash and what to
 * delete is decided in {@code io.tombolo.storage.log}, the only package that uses this one, apart
 * from {@link io.tombolo.storage.segment.AbortedTransaction}, which readers see.
 *
 * <p>Start reading at {@link io.tombolo.storage.segment.Segment}.
 */
@NullMarked
package io.tombolo.storage.segment;

import org.jspecify.annotations.NullMarked;
