package io.tombolo.broker.receipt;

import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.metadata.record.RegionRecord.Receipt;
import io.tombolo.metadata.record.UnreadableRecord;
import io.tombolo.raft.core.LogBatch;

import org.apache.kafka.common.Uuid;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the metadata log tells of changes that were asked for here. A controller decides a command
 * only in the epoch to which it was sent, and the epochs of a log ascend: when something of a later
 * epoch is committed, a change without a receipt was not made and never will be. Mutable, owned by
 * the controller's loop.
 */
public final class Receipts {

    private final EventLoop loop;
    private final Map<Uuid, Expected> expected = new LinkedHashMap<>();
    private int epoch = -1;

    /**
     * What is known of a change.
     *
     * @param done the resources that were changed
     * @param complete whether the others were not, and will not be
     */
    record Found(Set<ConfigResource> done, boolean complete) {}

    /** A change that was asked for. */
    private static final class Expected {
        private final Set<ConfigResource> done = new HashSet<>();

        /** Some of the log has not passed here record by record. */
        private boolean blind;

        private Optional<Wait> wait = Optional.empty();
    }

    /** Somebody waits until all of a change has passed, or can pass no more. */
    private record Wait(
            Set<ConfigResource> named,
            int epoch,
            EventLoop.Timer patience,
            Consumer<Found> found) {}

    public Receipts(EventLoop loop) {
        this.loop = loop;
    }

    /** From now on receipts with this ticket are kept; to be called before anything is asked. */
    void expect(Uuid ticket) {
        expected.put(ticket, new Expected());
    }

    /** Nobody wants to know any more. */
    void forget(Uuid ticket) {
        expected.remove(ticket);
    }

    /**
     * Waits for what became of a change.
     *
     * @param named what was to be changed
     * @param sentEpoch of the controller that was asked
     * @param found called once, perhaps before this returns
     */
    void await(
            Uuid ticket,
            Set<ConfigResource> named,
            int sentEpoch,
            long patienceNanos,
            Consumer<Found> found) {
        Expected change = expected.getOrDefault(ticket, new Expected());
        EventLoop.Timer patience =
                loop.schedule(Math.max(0, patienceNanos), () -> tell(change, false));
        change.wait = Optional.of(new Wait(Set.copyOf(named), sentEpoch, patience, found));
        settle(change);
    }

    /** The next batch of the log is committed. */
    public void committed(LogBatch batch) {
        epoch = Math.max(epoch, batch.epoch());
        if (expected.isEmpty()) {
            return;
        }
        if (!batch.control()) {
            batch.records().forEach(this::read);
        }
        List.copyOf(expected.values()).forEach(this::settle);
    }

    /** A snapshot stands for all that was committed up to it. */
    public void restored(int newEpoch) {
        epoch = Math.max(epoch, newEpoch);
        for (Expected change : List.copyOf(expected.values())) {
            change.blind = true;
            settle(change);
        }
    }

    /** Whoever waits hears what is known by now. */
    public void close() {
        List.copyOf(expected.values()).forEach(change -> tell(change, false));
    }

    private void read(byte[] record) {
        try {
            if (MetadataRecordCodec.decode(record) instanceof Receipt(var ticket, var resource)) {
                Expected change = expected.get(ticket);
                if (change != null) {
                    change.done.add(resource);
                }
            }
        } catch (UnreadableRecord unknown) {
            // It is no receipt; who has to understand it says so.
        }
    }

    private void settle(Expected change) {
        if (change.wait.isEmpty()) {
            return;
        }
        Wait wait = change.wait.get();
        if (change.done.containsAll(wait.named())) {
            tell(change, true);
        } else if (epoch > wait.epoch()) {
            tell(change, !change.blind);
        }
    }

    private void tell(Expected change, boolean complete) {
        change.wait.ifPresent(wait -> {
            change.wait = Optional.empty();
            wait.patience().cancel();
            wait.found().accept(new Found(Set.copyOf(change.done), complete));
        });
    }
}
