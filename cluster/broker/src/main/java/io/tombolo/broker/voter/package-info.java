/**
 * Who votes in the quorum of a region, and how that is shown and changed.
 *
 * <p>Lives here: the choice of the first voters, requests to change voters and questions who is
 * there as Kafka's messages and back, and what answers them.
 *
 * <p>Must never live here: what a change of voters needs to be safe; that is in the raft core.
 *
 * <p>Start reading at {@link io.tombolo.broker.voter.VoterDesk}.
 */
@NullMarked
package io.tombolo.broker.voter;

import org.jspecify.annotations.NullMarked;
