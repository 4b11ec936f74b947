package io.tombolo.simulation.site;

import io.tombolo.replication.Partition;

import java.util.List;

/** A partition by name. */
public record Place(String topic, int partition) {

    /** Where groups keep their offsets. */
    public static final Place OFFSETS = new Place("__consumer_offsets", 0);

    /** Where transactions are kept. */
    public static final List<Place> TRANSACTIONS =
            List.of(new Place("__transaction_state", 0), new Place("__transaction_state", 1));

    /** May lose what was committed, rather than wait for those who have it. */
    public static final Place CLICKS = new Place("clicks", 0);

    public static Place of(Partition partition) {
        return new Place(partition.id().topic(), partition.id().partition());
    }

    /** Whether brokers alone write to it. */
    public boolean internal() {
        return topic.startsWith("__");
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
