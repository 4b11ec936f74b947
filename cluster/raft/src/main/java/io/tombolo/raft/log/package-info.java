/**
 * The log directory of one replica: segments, snapshots and the election state, in Kafka's names
 * and formats ({@code <offset20>.log} with record batches of version 2, {@code
 * <offset20>-<epoch10>.checkpoint}, {@code quorum-state}), so that stock tools read them.
 *
 * <p>Lives here: what turns batches into checked bytes and back, and what survives a crash.
 *
 * <p>Must never live here: a decision of the quorum; threads (every call blocks and belongs on one
 * lane of {@code Offload}); Kafka classes.
 *
 * <p>Start reading at {@link io.tombolo.raft.log.RaftLog}.
 */
@NullMarked
package io.tombolo.raft.log;

import org.jspecify.annotations.NullMarked;
