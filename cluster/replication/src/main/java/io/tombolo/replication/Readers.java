package io.tombolo.replication;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Who wants to hear of news of a partition. */
final class Readers {

    private final Set<FetchWaiter> consumers = new LinkedHashSet<>();
    private final Set<FetchWaiter> replicas = new LinkedHashSet<>();
    private final List<Consumer<Partition>> listeners = new ArrayList<>();

    void add(FetchWaiter waiter) {
        consumers.add(waiter);
    }

    void addReplica(FetchWaiter waiter) {
        replicas.add(waiter);
    }

    void remove(FetchWaiter waiter) {
        consumers.remove(waiter);
        replicas.remove(waiter);
    }

    void listen(Consumer<Partition> listener) {
        listeners.add(listener);
    }

    /** There are records that replicas may read. */
    void appended(Partition partition) {
        wake(replicas, partition);
    }

    /** What replicas have to be told, or what is to be done for them, is another thing. */
    void changed(Partition partition) {
        replicas.forEach(waiter -> waiter.changed(partition));
    }

    /** The high watermark or the role has moved. */
    void moved(Partition partition) {
        wake(consumers, partition);
        changed(partition);
        for (Consumer<Partition> listener : listeners) {
            listener.accept(partition);
        }
    }

    private static void wake(Set<FetchWaiter> waiters, Partition partition) {
        if (!waiters.isEmpty()) {
            List.copyOf(waiters).forEach(waiter -> waiter.advanced(partition));
        }
    }
}
