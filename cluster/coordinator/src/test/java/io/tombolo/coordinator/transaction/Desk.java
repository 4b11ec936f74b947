package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.Ticket;
import io.tombolo.coordinator.transaction.ProducerAnswer.Granted;
import io.tombolo.coordinator.transaction.TransactionCommand.Ending;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/** One partition of transactions without a log: every step is committed at once. */
final class Desk {

    static final TransactionSettings SETTINGS = TransactionSettings.STANDARD;
    static final String ID = "payments";
    static final TopicPartition P0 = new TopicPartition("orders", 0);
    static final TopicPartition P1 = new TopicPartition("orders", 1);

    final List<TransactionEvent> events = new ArrayList<>();
    private final StateMachine<TransactionsState, TransactionCommand, TransactionEvent> machine =
            new TransactionMachine(SETTINGS);
    private final List<LogRecord> log = new ArrayList<>();
    private TransactionsState state = machine.initial();
    private long nowMs = 1_000_000;
    private long nextId = 100;
    private long tickets;
    private int largestStep;

    Desk() {
        failOver();
    }

    /** Another coordinator takes over: it knows what is recorded. */
    void failOver() {
        TransactionsState replayed = machine.initial();
        for (LogRecord record : log) {
            replayed = machine.replay(replayed, new StoredRecord(0, record.key(), record.value()));
        }
        take(machine.loaded(replayed, now()));
    }

    private Moment now() {
        return new Moment(nowMs * 1_000_000, nowMs);
    }

    private void take(Step<TransactionsState, TransactionEvent> step) {
        state = step.state();
        log.addAll(step.records());
        largestStep = Math.max(largestStep, step.records().size());
        events.addAll(step.signals());
    }

    void pass(Duration time) {
        long endMs = nowMs + time.toMillis();
        while (machine.nextAlarmNanos(state) <= endMs * 1_000_000) {
            nowMs = Math.max(nowMs, machine.nextAlarmNanos(state) / 1_000_000);
            take(machine.alarm(state, now()));
        }
        nowMs = endMs;
    }

    /** While nobody leads the partition. */
    void passUnled(Duration time) {
        nowMs += time.toMillis();
    }

    @SuppressWarnings("unchecked")
    <R> R ask(Function<Ticket<R>, TransactionCommand> command) {
        var ticket = new Ticket<R>(++tickets);
        var step = machine.handle(state, command.apply(ticket), now());
        take(step);
        return (R) step.answers().getLast().response();
    }

    /** A producer with another id than the usual one. */
    void begin(String id) {
        this.<ProducerAnswer>ask(ticket ->
                new TransactionCommand.Initialize(
                        id, 60_000, ProducerIdentity.NONE, OptionalLong.of(nextId++), ticket));
    }

    int largestStep() {
        return largestStep;
    }

    ProducerAnswer init() {
        return init(ProducerIdentity.NONE);
    }

    ProducerAnswer init(ProducerIdentity expected) {
        ProducerAnswer answer = init(expected, OptionalLong.empty());
        return answer instanceof ProducerAnswer.ProducerIdWanted
                ? init(expected, OptionalLong.of(nextId++))
                : answer;
    }

    private ProducerAnswer init(ProducerIdentity expected, OptionalLong spare) {
        return ask(
                ticket -> new TransactionCommand.Initialize(ID, 60_000, expected, spare, ticket));
    }

    ProducerIdentity begun() {
        return ((Granted) init()).producer();
    }

    Errors add(ProducerIdentity producer, int version, TopicPartition... partitions) {
        return ask(ticket ->
                new TransactionCommand.AddPartitions(
                        ID,
                        producer,
                        TouchedPartitions.of(List.of(partitions)),
                        (short) version,
                        ticket));
    }

    TransactionCommand.Verified verify(ProducerIdentity producer, TopicPartition... partitions) {
        return ask(ticket ->
                new TransactionCommand.Verify(
                        ID, producer, TouchedPartitions.of(List.of(partitions)), ticket));
    }

    /** EndTxn 5. */
    ProducerAnswer end(ProducerIdentity producer, boolean commit) {
        return end(producer, new Ending(commit, true));
    }

    ProducerAnswer end(ProducerIdentity producer, Ending ending) {
        ProducerAnswer answer = end(producer, ending, OptionalLong.empty());
        return answer instanceof ProducerAnswer.ProducerIdWanted
                ? end(producer, ending, OptionalLong.of(nextId++))
                : answer;
    }

    private ProducerAnswer end(ProducerIdentity producer, Ending ending, OptionalLong spare) {
        return ask(ticket -> new TransactionCommand.End(ID, producer, ending, spare, ticket));
    }

    /** The markers last asked for. */
    MarkersWanted wanted() {
        return (MarkersWanted)
                events.stream().filter(MarkersWanted.class::isInstance).toList().getLast();
    }

    void written(MarkersWanted markers, TopicPartition... partitions) {
        this.<Errors>ask(ticket ->
                new TransactionCommand.MarkersWritten(
                        ID, markers.producer(), TouchedPartitions.of(List.of(partitions)), ticket));
    }

    /** All markers asked for are written. */
    void settle() {
        MarkersWanted markers = wanted();
        written(markers, markers.partitions().list().toArray(TopicPartition[]::new));
    }

    /** A whole transaction in the protocol that raises epochs; who the producer is then. */
    ProducerIdentity transact(ProducerIdentity producer) {
        add(producer, 2, P0);
        ProducerIdentity next = ((Granted) end(producer, true)).producer();
        settle();
        return next;
    }

    /** As if its producer had begun that often. */
    void useUpEpochs(int epoch) {
        Transaction present = stored();
        Transaction aged =
                present.as(
                        new ProducerIdentity(present.producer().id(), (short) epoch),
                        Transaction.Lineage.NONE);
        log.add(TransactionRecords.transaction(aged));
        failOver();
    }

    Transaction stored() {
        return state.transactions().get(ID);
    }

    boolean known() {
        return state.transactions().containsKey(ID);
    }

    TransactionsState state() {
        return state;
    }

    static ProducerIdentity producer(long id, int epoch) {
        return new ProducerIdentity(id, (short) epoch);
    }

    static ProducerAnswer granted(long id, int epoch) {
        return new Granted(producer(id, epoch));
    }

    static ProducerAnswer refused(Errors error) {
        return new ProducerAnswer.Refused(error);
    }
}
