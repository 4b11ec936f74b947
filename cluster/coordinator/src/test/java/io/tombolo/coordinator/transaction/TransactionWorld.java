package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.CoordinatorListener;
import io.tombolo.coordinator.runtime.CoordinatorRuntime;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.coordinator.runtime.RuntimeSettings;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.Ticket;
import io.tombolo.coordinator.stage.MemoryLog;
import io.tombolo.coordinator.transaction.DataPartition.Marked;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;
import io.tombolo.environment.simulated.manual.ManualLoop;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One transactional id that several producers fight for, a coordinator that fails over, and
 * partitions to which batches and markers come late; all from one seed.
 */
final class TransactionWorld {

    /** What must always hold. */
    enum Claim {
        A_TRANSACTION_HAS_ONE_OUTCOME,
        ONLY_COMMITTED_TRANSACTIONS_ARE_COMMITTED,
        ACKNOWLEDGED_COMMITS_STAND,
        EPOCHS_NEVER_GO_BACK,
        AN_IDENTITY_HAS_ONE_HOLDER,
        A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
        EVERY_CLIENT_IS_ANSWERED,
        THE_LAST_STABLE_OFFSET_MOVES_ON
    }

    /** A claim that did not hold. */
    static final class Violated extends AssertionError {
        private static final long serialVersionUID = 1;
        final transient Claim claim;

        Violated(Claim claim, String detail) {
            super(claim + ": " + detail);
            this.claim = claim;
        }
    }

    static final String ID = "payments";
    static final int TIMEOUT_MS = 20_000;
    static final int PARTITIONS = 3;
    static final TransactionSettings SETTINGS =
            new TransactionSettings(
                    1,
                    Duration.ofMinutes(15),
                    Duration.ofDays(7),
                    Duration.ofHours(1),
                    RuntimeSettings.STANDARD);

    final SplittableRandom random;
    final Map<String, Integer> seen = new TreeMap<>();
    final List<DataPartition> partitions = new ArrayList<>();
    final Set<Integer> commitsAsked = new HashSet<>();

    private final ManualLoop loop = new ManualLoop();
    private final MemoryLog log = new MemoryLog(loop);
    private final CoordinatorRuntime<TransactionsState, TransactionCommand, TransactionEvent>
            runtime;
    private final List<TransactionClient> clients = new ArrayList<>();
    private final List<Runnable> underWay = new ArrayList<>();
    private final List<Runnable> fromCoordinator = new ArrayList<>();
    private final StringBuilder trace = new StringBuilder();
    private final Set<Integer> acknowledged = new HashSet<>();
    private final Map<Integer, Boolean> outcomes = new HashMap<>();
    private final Map<ProducerIdentity, Integer> holders = new HashMap<>();
    private final Map<Integer, ProducerIdentity> newest = new HashMap<>();
    private ProducerIdentity newestBeginning = ProducerIdentity.NONE;
    private Set<Claim> watched = EnumSet.allOf(Claim.class);
    private int leaderEpoch;
    private int unanswered;
    private int transactionCount;
    private int clientCount;
    private long nextProducerId = 100;

    TransactionWorld(
            long seed,
            StateMachine<TransactionsState, TransactionCommand, TransactionEvent> machine) {
        this.random = new SplittableRandom(seed);
        this.runtime =
                new CoordinatorRuntime<>(
                        loop, loop, log, machine, new Ears(), RuntimeSettings.STANDARD);
        log.watchedBy(runtime::highWatermarkMoved);
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new DataPartition());
        }
        for (int i = 0; i < 2; i++) {
            clients.add(newClient());
        }
        lead();
    }

    private TransactionClient newClient() {
        return new TransactionClient(this, clientCount++, random.nextBoolean());
    }

    void watchOnly(Claim claim) {
        watched = EnumSet.of(claim);
    }

    void require(boolean held, Claim claim, String detail) {
        if (!held && watched.contains(claim)) {
            throw new Violated(claim, detail);
        }
    }

    void note(String what) {
        trace.append(what).append('\n');
        seen.merge(what, 1, Integer::sum);
    }

    int newTransaction() {
        return transactionCount++;
    }

    long newProducerId() {
        return nextProducerId++;
    }

    /** Something that arrives some time, in any order. */
    void later(Runnable arrival) {
        underWay.add(arrival);
    }

    /** Faults all the time, then peace; returns what happened. */
    String run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            loop.run();
        }
        rest();
        return trace.toString();
    }

    private void step() {
        switch (random.nextInt(40)) {
            case 0 -> failOver();
            case 1 -> log.committing(false);
            case 2, 3 -> log.committing(true);
            case 4 -> {
                if (random.nextInt(3) == 0) {
                    log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);
                }
            }
            case 5 -> {
                if (random.nextInt(6) == 0) {
                    age();
                }
            }
            case 6, 7 -> loop.advance(Duration.ofMillis(random.nextInt(8000)));
            case 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 -> arrive();
            case 19 -> {
                int place = random.nextInt(clients.size());
                if (clients.get(place).fenced() || random.nextInt(8) == 0) {
                    clients.set(place, newClient());
                }
            }
            default -> clients.get(random.nextInt(clients.size())).act();
        }
    }

    private void arrive() {
        int count = underWay.size() + fromCoordinator.size();
        if (count > 0) {
            int place = random.nextInt(count);
            boolean marker = place >= underWay.size();
            (marker ? fromCoordinator.remove(place - underWay.size()) : underWay.remove(place))
                    .run();
        }
    }

    /** Nobody begins anything any more. */
    private void rest() {
        log.committing(true);
        for (int round = 0; round < 60; round++) {
            while (!underWay.isEmpty() || !fromCoordinator.isEmpty()) {
                (underWay.isEmpty() ? fromCoordinator : underWay).removeFirst().run();
                loop.run();
            }
            loop.advance(Duration.ofMillis(1000));
            loop.run();
        }
        require(unanswered == 0, Claim.EVERY_CLIENT_IS_ANSWERED, unanswered + " wait");
        for (DataPartition partition : partitions) {
            require(
                    partition.stable(),
                    Claim.THE_LAST_STABLE_OFFSET_MOVES_ON,
                    "a transaction is open for good");
        }
    }

    // ---- the coordinator ----

    private void lead() {
        leaderEpoch++;
        log.epoch(0, leaderEpoch);
        runtime.lead(0, leaderEpoch);
    }

    private void failOver() {
        runtime.read(
                0,
                state -> state,
                reply(
                        state -> note("failover while " + stateOf(state)),
                        refused -> note("failover while " + refused)));
        checkReload();
        if (random.nextBoolean()) {
            fromCoordinator.clear(); // its broker died
        }
        runtime.resign(0);
        log.loseUncommitted();
        lead();
    }

    private static String stateOf(TransactionsState state) {
        Transaction transaction = state.transactions().get(ID);
        return transaction == null ? "new" : transaction.state().title();
    }

    private void checkReload() {
        var machine = new TransactionMachine(SETTINGS);
        var replayed = machine.initial();
        for (var record : log.records(0)) {
            if (record.offset() < log.highWatermark(0)) {
                replayed = machine.replay(replayed, record);
            }
        }
        String stored = gist(replayed);
        runtime.read(
                0,
                state -> state,
                reply(
                        state ->
                                require(
                                        gist(state).equals(stored),
                                        Claim.A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
                                        gist(state) + " is stored as " + stored),
                        refused -> {}));
    }

    private static String gist(TransactionsState state) {
        Transaction transaction = state.transactions().get(ID);
        return transaction == null
                ? "nothing"
                : "%s %s %s"
                        .formatted(
                                transaction.producer(), transaction.lineage(), transaction.state());
    }

    /** Brings the last epochs nearer; only where nothing is open. */
    private void age() {
        runtime.read(
                0,
                state -> state,
                reply(
                        state -> {
                            Transaction transaction = state.transactions().get(ID);
                            if (transaction != null
                                    && transaction.state().idle()
                                    && transaction.producer().epoch() < 1000) {
                                appendAged(transaction);
                            }
                        },
                        refused -> {}));
    }

    private void appendAged(Transaction transaction) {
        failOver();
        loop.run();
        if (log.highWatermark(0) != log.records(0).size()) {
            return;
        }
        runtime.resign(0);
        var aged =
                new ProducerIdentity(
                        transaction.producer().id(), (short) (ProducerIdentity.EPOCH_MAX - 2));
        log.append(
                0,
                leaderEpoch,
                List.of(
                        TransactionRecords.transaction(
                                transaction.as(aged, Transaction.Lineage.NONE))),
                0);
        lead();
    }

    private static <R> Reply<R> reply(Consumer<R> answered, Consumer<Errors> refused) {
        return new Reply<>() {
            @Override
            public void answer(R response) {
                answered.accept(response);
            }

            @Override
            public void refuse(Errors error) {
                refused.accept(error);
            }
        };
    }

    <R> void ask(
            Function<Ticket<R>, TransactionCommand> command,
            Consumer<R> answered,
            Consumer<Errors> refused) {
        unanswered++;
        runtime.write(
                0,
                command,
                reply(
                        response -> {
                            unanswered--;
                            answered.accept(response);
                        },
                        error -> {
                            unanswered--;
                            refused.accept(error);
                        }));
    }

    // ---- markers ----

    private final class Ears implements CoordinatorListener<TransactionEvent> {

        @Override
        public void loaded(int partition, long recordCount, long elapsedNanos) {}

        @Override
        public void loadDelayed(int partition, String reason) {}

        @Override
        public void appendRefused(int partition, String reason) {}

        @Override
        public void failed(int partition, RuntimeException cause) {
            throw new AssertionError("the coordinator failed", cause);
        }

        @Override
        public void signal(int partition, TransactionEvent event) {
            switch (event) {
                case MarkersWanted markers ->
                        markers.partitions().list().forEach(one -> send(markers, one));
                case TransactionEvent.TimedOut _ -> note("timed out");
                case TransactionEvent.Expired _ -> note("expired");
            }
        }
    }

    private void send(MarkersWanted markers, TopicPartition partition) {
        int coordinatorEpoch = leaderEpoch;
        Runnable arrival = () -> mark(markers, partition, coordinatorEpoch);
        fromCoordinator.add(arrival);
        // A client that keeps its epoch is at the mercy of connections that do not repeat.
        if (markers.version() == Transaction.RAISING_VERSION && random.nextInt(8) == 0) {
            fromCoordinator.add(arrival);
        }
    }

    private void mark(MarkersWanted markers, TopicPartition partition, int coordinatorEpoch) {
        Marked marked =
                partitions.get(partition.partition()).mark(markers, coordinatorEpoch, this::ended);
        note("marker " + marked);
        if (marked != Marked.FENCED) {
            fromCoordinator.add(() -> tellWritten(markers, partition, coordinatorEpoch));
        }
    }

    private void tellWritten(
            MarkersWanted markers, TopicPartition partition, int coordinatorEpoch) {
        this.<Errors>ask(
                ticket ->
                        new TransactionCommand.MarkersWritten(
                                ID,
                                markers.producer(),
                                TouchedPartitions.of(List.of(partition)),
                                ticket),
                told -> {},
                refused -> {
                    if (coordinatorEpoch == leaderEpoch) {
                        fromCoordinator.add(
                                () -> tellWritten(markers, partition, coordinatorEpoch));
                    }
                });
    }

    // ---- what is checked ----

    private void ended(int transaction, boolean commit) {
        note(commit ? "committed" : "aborted");
        Boolean before = outcomes.putIfAbsent(transaction, commit);
        require(
                before == null || before == commit,
                Claim.A_TRANSACTION_HAS_ONE_OUTCOME,
                transaction + " was committed and aborted");
        require(
                !commit || commitsAsked.contains(transaction),
                Claim.ONLY_COMMITTED_TRANSACTIONS_ARE_COMMITTED,
                transaction + " was committed by nobody");
        require(
                commit || !acknowledged.contains(transaction),
                Claim.ACKNOWLEDGED_COMMITS_STAND,
                transaction + " was committed and then aborted");
    }

    void committed(int transaction) {
        acknowledged.add(transaction);
        require(
                outcomes.getOrDefault(transaction, true),
                Claim.ACKNOWLEDGED_COMMITS_STAND,
                transaction + " was aborted and then committed");
    }

    /** A client was granted an identity. */
    void granted(int client, ProducerIdentity identity, boolean beginning) {
        Integer holder = holders.putIfAbsent(identity, client);
        require(
                holder == null || holder == client,
                Claim.AN_IDENTITY_HAS_ONE_HOLDER,
                identity + " is held twice");
        ProducerIdentity before = newest.put(client, identity);
        require(
                before == null || !olderThan(identity, before),
                Claim.EPOCHS_NEVER_GO_BACK,
                identity + " after " + before);
        if (beginning) {
            require(
                    olderThan(newestBeginning, identity),
                    Claim.EPOCHS_NEVER_GO_BACK,
                    "a beginning with " + identity + " after " + newestBeginning);
            newestBeginning = identity;
        }
    }

    private static boolean olderThan(ProducerIdentity one, ProducerIdentity other) {
        return one.id() != other.id() ? one.id() < other.id() : one.epoch() < other.epoch();
    }
}
