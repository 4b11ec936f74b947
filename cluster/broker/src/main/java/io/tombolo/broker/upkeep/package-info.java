/**
 * Work on the logs of a broker that nobody waits for.
 *
 * <p>Lives here: how the log cleaner of {@code io.tombolo.storage.cleaner} is set up on a broker.
 *
 * <p>Must never live here: what compaction does, and anything that a request waits for.
 *
 * <p>Start reading at {@link io.tombolo.broker.upkeep.Compaction}.
 */
@NullMarked
package io.tombolo.broker.upkeep;

import org.jspecify.annotations.NullMarked;
