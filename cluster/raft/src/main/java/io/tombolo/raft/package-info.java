/**
 * One replica of the metadata quorum: a log of opaque records, agreed on by a majority of voters
 * and followed by observers.
 *
 * <p>Lives here: {@link io.tombolo.raft.RaftNode}, which drives the pure rules of {@code
 * io.tombolo.raft.core} over the log directory of {@code io.tombolo.raft.log}, and the ports
 * towards the network ({@link io.tombolo.raft.RaftTransport}) and the state machine ({@link
 * io.tombolo.raft.RaftListener}).
 *
 * <p>Must never live here: Kafka classes, the meaning of the records, Netty.
 *
 * <p>Start reading at {@link io.tombolo.raft.RaftNode}.
 */
@NullMarked
package io.tombolo.raft;

import org.jspecify.annotations.NullMarked;
