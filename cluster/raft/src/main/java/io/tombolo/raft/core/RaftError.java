package io.tombolo.raft.core;

/** Why a request was refused; each has the Kafka error of the same name. */
public enum RaftError {
    NONE,
    /** The request is of an earlier epoch than the receiver's. */
    FENCED_LEADER_EPOCH,
    /** The request is of a later epoch than the receiver's. */
    UNKNOWN_LEADER_EPOCH,
    /** The receiver does not lead; Kafka's {@code NOT_LEADER_OR_FOLLOWER}. */
    NOT_LEADER_OR_FOLLOWER,
    /** The request was meant for another replica (directory) of this node. */
    INVALID_VOTER_KEY,
    /** The snapshot asked for has been deleted. */
    SNAPSHOT_NOT_FOUND,
    /** The position lies outside of the snapshot. */
    POSITION_OUT_OF_RANGE,
    /** The request contradicts itself or what this node knows. */
    INVALID_REQUEST
}
