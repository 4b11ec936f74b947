package io.tombolo.broker.quorum;

import io.tombolo.raft.core.ReplicaKey;

import org.apache.kafka.common.Uuid;

import java.util.UUID;

/** The metadata log as Kafka's messages name it. */
final class MetadataLog {

    static final String TOPIC = "__cluster_metadata";
    static final Uuid TOPIC_ID = Uuid.METADATA_TOPIC_ID;
    static final int PARTITION = 0;

    private MetadataLog() {}

    static Uuid kafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static ReplicaKey key(int nodeId, Uuid directoryId) {
        return new ReplicaKey(
                nodeId,
                new UUID(
                        directoryId.getMostSignificantBits(),
                        directoryId.getLeastSignificantBits()));
    }
}
