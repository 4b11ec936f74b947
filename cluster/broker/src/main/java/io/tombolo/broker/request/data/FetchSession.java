package io.tombolo.broker.request.data;

import org.apache.kafka.common.Uuid;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An incremental fetch session (KIP-227): the partitions a client fetches, so that it need not name
 * them each time. Confined to the loop of its connection.
 */
final class FetchSession {

    private final int id;
    private final boolean usesTopicIds;
    private final Map<Key, FetchEntry> entries = new LinkedHashMap<>();
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

    /** Adds a partition, or gives a known one a newer wish. */
    void put(FetchEntry entry) {
        FetchEntry known = entries.get(entry.key());
        if (known == null) {
            entries.put(entry.key(), entry);
        } else {
            known.update(entry);
        }
    }

    void remove(Key key) {
        entries.remove(key);
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
