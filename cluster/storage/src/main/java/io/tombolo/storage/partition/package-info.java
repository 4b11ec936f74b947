/**
 * The inside of a partition log: its contents, and one type for each thing that happens to them.
 *
 * <p>Lives here: append, read, roll, truncation, retention, making durable, opening after a stop,
 * and what is derived from the batches: producers and leader epochs. Everything but cold reads,
 * searches and checkpoints runs on the loop that owns the log.
 *
 * <p>Must never live here: what callers see. They use {@code io.tombolo.storage.log}, the only
 * package that uses this one.
 *
 * <p>Start reading at {@link io.tombolo.storage.partition.LogContents}. What survives a crash is
 * decided in {@link io.tombolo.storage.partition.LogCheckpoint} (what has been made durable, in
 * which order) and {@link io.tombolo.storage.partition.LogOpening} (what is believed).
 */
@NullMarked
package io.tombolo.storage.partition;

import org.jspecify.annotations.NullMarked;
