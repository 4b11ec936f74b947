/**
 * How a follower changes its log by what its leader answers: truncation by leader epochs, copied
 * batches, log start and high watermark of the leader.
 *
 * <p>Lives here: the steps of one partition's log. Must never live here: who leads, requests, time.
 * Start reading at {@link io.tombolo.replication.follower.FollowedLog}.
 */
@NullMarked
package io.tombolo.replication.follower;

import org.jspecify.annotations.NullMarked;
