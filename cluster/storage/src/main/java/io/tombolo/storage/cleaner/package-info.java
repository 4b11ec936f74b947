/**
 * Log compaction: of the records of a key only the latest one stays, at its offset.
 *
 * <p>Lives here: which log is compacted next, which of its segments become one, which records
 * survive, and the steps that carry this out without holding up anybody else. All of it follows
 * Apache Kafka's rules, so that either of the two may compact a log that the other has written.
 *
 * <p>Must never live here: files and their names. How a compacted segment takes the place of others
 * is the log's own business: {@code io.tombolo.storage.partition.SegmentSwap}.
 *
 * <p>Start reading at {@link io.tombolo.storage.cleaner.BatchCleaning}, which decides about
 * records, then {@link io.tombolo.storage.cleaner.LogCleaning}, one pass over one log, and {@link
 * io.tombolo.storage.cleaner.LogCleaner}, all passes of a broker.
 */
@NullMarked
package io.tombolo.storage.cleaner;

import org.jspecify.annotations.NullMarked;
