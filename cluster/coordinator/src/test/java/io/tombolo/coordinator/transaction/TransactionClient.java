package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.transaction.ProducerAnswer.Granted;
import io.tombolo.coordinator.transaction.ProducerAnswer.ProducerIdWanted;
import io.tombolo.coordinator.transaction.ProducerAnswer.Refused;
import io.tombolo.coordinator.transaction.TransactionCommand.Ending;
import io.tombolo.coordinator.transaction.TransactionCommand.Verified;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** A producer with the transactional id of the world, and the brokers that it writes to. */
final class TransactionClient {

    private final TransactionWorld world;
    private final int number;
    private final boolean raising;
    private final Set<Integer> added = new HashSet<>();
    private ProducerIdentity identity = ProducerIdentity.NONE;
    private @Nullable Ending wanted;
    private boolean beginAgain;
    private boolean busy;
    private boolean fenced;
    private boolean spoilt;
    private int transaction = -1;
    private int unacknowledged;

    TransactionClient(TransactionWorld world, int number, boolean raising) {
        this.world = world;
        this.number = number;
        this.raising = raising;
    }

    boolean fenced() {
        return fenced;
    }

    void act() {
        if (busy || fenced) {
            return;
        }
        if (wanted != null) {
            end(wanted, OptionalLong.empty());
        } else if (!identity.known() || beginAgain) {
            begin(OptionalLong.empty());
        } else {
            work();
        }
    }

    private void work() {
        switch (world.random.nextInt(8)) {
            case 0, 1, 2 -> {
                boolean sound = unacknowledged == 0 && !spoilt;
                if (transaction >= 0 && sound && (raising || !added.isEmpty())) {
                    world.commitsAsked.add(transaction);
                    wanted = new Ending(true, raising);
                }
            }
            case 3 -> {
                if (raising || !added.isEmpty()) {
                    wanted = new Ending(false, raising);
                }
            }
            default -> write(world.random.nextInt(TransactionWorld.PARTITIONS));
        }
    }

    // ---- beginning ----

    private void begin(OptionalLong spare) {
        busy = true;
        boolean first = !beginAgain;
        ProducerIdentity expected = beginAgain ? identity : ProducerIdentity.NONE;
        world.<ProducerAnswer>ask(
                ticket ->
                        new TransactionCommand.Initialize(
                                TransactionWorld.ID,
                                TransactionWorld.TIMEOUT_MS,
                                expected,
                                spare,
                                ticket),
                answer -> begun(answer, first),
                this::unavailable);
    }

    private void begun(ProducerAnswer answer, boolean first) {
        busy = false;
        switch (answer) {
            case Granted(var producer) -> {
                world.note("began");
                world.granted(number, producer, first);
                identity = producer;
                beginAgain = false;
            }
            case Refused(var error) -> refused("begin", error);
            case ProducerIdWanted _ -> begin(OptionalLong.of(world.newProducerId()));
        }
    }

    // ---- writing ----

    private void write(int partition) {
        if (transaction < 0) {
            transaction = world.newTransaction();
        }
        if (raising || added.contains(partition)) {
            produce(partition);
        } else {
            add(partition);
        }
    }

    private void add(int partition) {
        busy = true;
        world.<Errors>ask(
                ticket ->
                        new TransactionCommand.AddPartitions(
                                TransactionWorld.ID, identity, one(partition), (short) 0, ticket),
                error -> {
                    busy = false;
                    if (error == Errors.NONE) {
                        added.add(partition);
                    } else {
                        refused("add", error);
                    }
                },
                this::unavailable);
    }

    private void produce(int partition) {
        unacknowledged++;
        var batch = new Batch(partition, identity, transaction);
        world.later(() -> received(batch));
    }

    private record Batch(int partition, ProducerIdentity producer, int transaction) {}

    /** The broker has the batch and asks the coordinator, unless its transaction is open here. */
    private void received(Batch batch) {
        DataPartition log = world.partitions.get(batch.partition);
        int guard = log.guard(batch.producer);
        if (log.continues(batch.producer)) {
            acknowledged(batch, log.append(batch.producer, batch.transaction, guard));
        } else if (raising) {
            world.<Errors>ask(
                    ticket ->
                            new TransactionCommand.AddPartitions(
                                    TransactionWorld.ID,
                                    batch.producer,
                                    one(batch.partition),
                                    (short) 2,
                                    ticket),
                    error -> verified(batch, guard, error == Errors.NONE),
                    error -> verified(batch, guard, false));
        } else {
            world.<Verified>ask(
                    ticket ->
                            new TransactionCommand.Verify(
                                    TransactionWorld.ID,
                                    batch.producer,
                                    one(batch.partition),
                                    ticket),
                    known ->
                            verified(batch, guard, known.added().contains("data", batch.partition)),
                    error -> verified(batch, guard, false));
        }
    }

    private void verified(Batch batch, int guard, boolean known) {
        world.later(() -> {
            DataPartition log = world.partitions.get(batch.partition);
            boolean appended = known && log.append(batch.producer, batch.transaction, guard);
            world.note(appended ? "first batch" : "batch refused");
            acknowledged(batch, appended);
        });
    }

    private void acknowledged(Batch batch, boolean appended) {
        if (batch.transaction == transaction) {
            unacknowledged--;
            spoilt |= !appended;
        }
    }

    // ---- ending ----

    private void end(Ending ending, OptionalLong spare) {
        busy = true;
        world.<ProducerAnswer>ask(
                ticket ->
                        new TransactionCommand.End(
                                TransactionWorld.ID, identity, ending, spare, ticket),
                answer -> ended(answer, ending),
                this::unavailable);
    }

    private void ended(ProducerAnswer answer, Ending ending) {
        busy = false;
        switch (answer) {
            case Granted(var producer) -> {
                if (world.random.nextInt(8) == 0) {
                    world.note("answer lost");
                    return;
                }
                world.granted(number, producer, false);
                if (ending.commit()) {
                    world.committed(transaction);
                }
                forget(producer);
            }
            case Refused(var error) -> refused("end", error);
            case ProducerIdWanted _ -> end(ending, OptionalLong.of(world.newProducerId()));
        }
    }

    /** Batches of which nobody knows may still come: who keeps its epoch needs another one now. */
    private void forget(ProducerIdentity producer) {
        identity = producer;
        beginAgain = !raising && unacknowledged > 0;
        transaction = -1;
        unacknowledged = 0;
        spoilt = false;
        wanted = null;
        added.clear();
    }

    private void refused(String what, Errors error) {
        world.note(what + " " + error);
        switch (error) {
            case CONCURRENT_TRANSACTIONS -> {}
            default -> fenced = true;
        }
    }

    private void unavailable(Errors error) {
        world.note("refused with " + error);
        busy = false;
    }

    private static TouchedPartitions one(int partition) {
        return TouchedPartitions.of(List.of(new TopicPartition("data", partition)));
    }
}
