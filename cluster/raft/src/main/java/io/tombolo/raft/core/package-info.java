/**
 * The rules of the metadata quorum as a deterministic state machine: elections with pre-vote,
 * pull-based replication, high watermark, snapshots and the voter set, after KIP-595, KIP-630,
 * KIP-853 and KIP-996.
 *
 * <p>Lives here: {@link io.tombolo.raft.core.RaftCore}, the events it is fed, the effects it asks
 * for, and the messages replicas exchange.
 *
 * <p>Must never live here: a clock, a thread, a file, a socket, a random source other than the
 * {@code Entropy} handed in, or any knowledge of what the replicated records mean.
 *
 * <p>Start reading at {@link io.tombolo.raft.core.RaftCore}, whose comment holds the transition
 * table; then {@code SafetyRules}, where everything that safety rests on stands in one place.
 */
@NullMarked
package io.tombolo.raft.core;

import org.jspecify.annotations.NullMarked;
