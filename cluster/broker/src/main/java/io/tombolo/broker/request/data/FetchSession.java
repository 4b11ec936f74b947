package io.tombolo.broker.request.data;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An incremental fetch session (KIP-227): the partitions a client fetches, so that it need not name
 * them each time. Confined to the loop of its connection.
 */
final class FetchSession {

    private final int id;
    private final boolean usesTopicIds;
    private final Map<Key, FetchEntry> entries = new LinkedHashMap<>();
    private @Nullable ReplicaSession replica;
    private int epoch = 1;

    /** A partition as the client names it: by topic id, or by name with the zero id. */
    record Key(Uuid topicId, String topic, int partition) {}

    FetchSession(int id, boolean usesTopicIds) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
    }

    int id() {
        return id;
    }

    /** Whether its requests name topics by id (v13 and later). */
    boolean usesTopicIds() {
        return usesTopicIds;
    }

    /** The epoch that the next request must carry. */
    int expectedEpoch() {
        return epoch;
    }

    void advanceEpoch() {
        epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }

    /** Adds a partition, or gives a known one a newer wish; returns the one of the session. */
    FetchEntry put(FetchEntry entry) {
        FetchEntry known = entries.putIfAbsent(entry.key(), entry);
        if (known == null) {
            return entry;
        }
        known.update(entry);
        return known;
    }

    Optional<FetchEntry> remove(Key key) {
        return Optional.ofNullable(entries.remove(key));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** What a replica keeps for its session, made when it is first asked for. */
    ReplicaSession replica(Supplier<ReplicaSession> maker) {
        ReplicaSession known = replica;
        if (known == null) {
            known = maker.get();
            replica = known;
        }
        return known;
    }

    /** Nobody will continue this session. */
    void end() {
        if (replica != null) {
            replica.close();
        }
    }

    List<FetchEntry> entries() {
        return List.copyOf(entries.values());
    }

    /** Moves a partition that was answered with records to the end, so that none starves. */
    void rotate(FetchEntry served) {
        if (entries.remove(served.key()) != null) {
            entries.put(served.key(), served);
        }
    }
}
