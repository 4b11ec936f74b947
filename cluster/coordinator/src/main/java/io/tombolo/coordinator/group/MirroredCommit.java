package io.tombolo.coordinator.group;

import org.apache.kafka.common.protocol.Errors;

/** What became of offsets that a link wanted to commit. */
public sealed interface MirroredCommit {

    /** All of them are committed. */
    record Stored() implements MirroredCommit {}

    /** None is: the group has members here, whose own commits win. */
    record InUse(int memberCount) implements MirroredCommit {}

    /** None is: the coordinator cannot do it, or not now. */
    record Unavailable(Errors error) implements MirroredCommit {}
}
