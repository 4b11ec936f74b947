/**
 * The log of a partition: a sequence of record batches on disk, in Apache Kafka's own file format.
 *
 * <p>Lives here: appending, reading, truncating, retention, recovery after a crash, and the state
 * that is derived from a log's batches (producers, leader epochs, aborted transactions). The
 * formats of the single files are in {@code io.tombolo.storage.segment}.
 *
 * <p>Must never live here: any notion of replicas, in-sync sets, elections or clients. The high
 * watermark is a number that the caller brings along.
 *
 * <p>Start reading at {@link io.tombolo.storage.log.PartitionLog}, then {@link
 * io.tombolo.storage.log.LogDirectory}.
 */
@NullMarked
package io.tombolo.storage.log;

import org.jspecify.annotations.NullMarked;
