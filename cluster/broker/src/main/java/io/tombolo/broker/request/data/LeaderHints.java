package io.tombolo.broker.request.data;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Images;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.replication.LeaderHint;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Where clients that asked the wrong broker are sent (KIP-951): to the leader that the partition
 * knows of or to that of the newest image, whichever was elected later. Nobody is sent back to this
 * broker: it is about to lead, and would refuse again at once.
 *
 * @param listener the one that the clients came in on; empty when nobody is sent anywhere
 * @param given counts the refusals that hints go with
 */
public record LeaderHints(
        Supplier<MetadataImage> image, Optional<ClientListener> listener, LongAdder given) {

    /** Sends nobody anywhere. */
    static final LeaderHints NONE =
            new LeaderHints(() -> MetadataImage.EMPTY, Optional.empty(), new LongAdder());

    public LeaderHints(Images images, ClientListener listener, LongAdder given) {
        this(images::current, Optional.of(listener), given);
    }

    /** The hint that goes with an error; {@link LeaderHint#NONE} with most. */
    LeaderHint of(TopicIdPartition partition, Errors error, LeaderHint known) {
        boolean elsewhere =
                error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.FENCED_LEADER_EPOCH;
        if (!elsewhere || listener.isEmpty()) {
            return LeaderHint.NONE;
        }
        given.increment();
        LeaderHint published =
                image.get()
                        .topics()
                        .partition(new PartitionId(partition.topicId(), partition.partition()))
                        .filter(PartitionRegistration::hasLeader)
                        .map(found -> new LeaderHint(found.leader(), found.leaderEpoch()))
                        .orElse(LeaderHint.NONE);
        LeaderHint later = published.leaderEpoch() >= known.leaderEpoch() ? published : known;
        return later.leaderId() == listener.get().brokerId() ? LeaderHint.NONE : later;
    }

    /** Where the leader is; empty when it does not serve. */
    Optional<ClientListener.Address> address(LeaderHint hint) {
        return listener.flatMap(from -> from.activeBroker(image.get(), hint.leaderId()));
    }
}
