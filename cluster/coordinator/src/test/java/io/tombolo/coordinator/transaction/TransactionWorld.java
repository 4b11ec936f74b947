package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.CoordinatorListener;
import io.tombolo.coordinator.runtime.CoordinatorRuntime;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.coordinator.runtime.RuntimeSettings;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.StoredEntry;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.Ticket;
import io.tombolo.coordinator.stage.Compacted;
import io.tombolo.coordinator.stage.MemoryLog;
import io.tombolo.coordinator.transaction.DataPartition.Marked;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.environment.story.World;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One transactional id that several producers fight for, a coordinator that fails over, and
 * partitions to which batches and markers come late; all from one seed.
 */
final class TransactionWorld extends World<TransactionWorld.Claim> {

    /** What must always hold. */
    enum Claim {
        A_TRANSACTION_HAS_ONE_OUTCOME,
        ONLY_COMMITTED_TRANSACTIONS_ARE_COMMITTED,
        ACKNOWLEDGED_COMMITS_STAND,
        EPOCHS_NEVER_GO_BACK,
        AN_IDENTITY_HAS_ONE_HOLDER,
        A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
        A_COMPACTED_LOG_SAYS_THE_SAME,
        EVERY_CLIENT_IS_ANSWERED,
        THE_LAST_STABLE_OFFSET_MOVES_ON,
        UNUSED_IDS_ARE_FORGOTTEN
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
    final List<DataPartition> partitions = new ArrayList<>();
    final Set<Integer> commitsAsked = new HashSet<>();

    private final StateMachine<TransactionsState, TransactionCommand, TransactionEvent> machine;
    private final ManualLoop loop = new ManualLoop();
    private final MemoryLog log = new MemoryLog(loop);
    private final CoordinatorRuntime<TransactionsState, TransactionCommand, TransactionEvent>
            runtime;
    private final List<TransactionClient> clients = new ArrayList<>();
    private final List<Runnable> underWay = new ArrayList<>();
    private final List<Runnable> fromCoordinator = new ArrayList<>();
    private final Set<Integer> acknowledged = new HashSet<>();
    private final Map<Integer, Boolean> outcomes = new HashMap<>();
    private final Map<ProducerIdentity, Integer> holders = new HashMap<>();
    private final Map<Integer, ProducerIdentity> newest = new HashMap<>();
    private ProducerIdentity newestBeginning = ProducerIdentity.NONE;
    private int leaderEpoch;
    private int unanswered;
    private int transactionCount;
    private int clientCount;
    private long nextProducerId = 100;

    TransactionWorld(
            long seed,
            StateMachine<TransactionsState, TransactionCommand, TransactionEvent> machine) {
        super(Claim.class);
        this.random = new SplittableRandom(seed);
        this.machine = machine;
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

    /** What happens is told and counted. */
    @Override
    public void note(String what) {
        super.note(what);
        count(what);
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

    @Override
    protected void step() {
        switch (random.nextInt(40)) {
            case 0 -> failOver();
            case 1 -> log.committing(false);
            case 2, 3 -> log.committing(true);
            case 4 -> {
                if (random.nextInt(3) == 0) {
                    log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);
                } else if (random.nextInt(6) == 0) {
                    note("a week passes");
                    loop.advance(SETTINGS.idExpiration().plus(SETTINGS.expiryCheck()));
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
        loop.run();
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

    /** Nobody begins anything any more, for so long that nobody is known any more. */
    @Override
    protected void rest() {
        log.committing(true);
        settle();
        loop.advance(SETTINGS.idExpiration().plus(Duration.ofDays(1)));
        loop.run();
        require(
                describe().equals("new"),
                Claim.UNUSED_IDS_ARE_FORGOTTEN,
                "it is " + describe() + " after all that time");
    }

    private void settle() {
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
        note("failover while " + describe());
        checkReload();
        if (random.nextBoolean()) {
            fromCoordinator.clear(); // its broker died
        }
        runtime.resign(0);
        log.loseUncommitted();
        lead();
    }

    /** What is committed of the transaction, or why nothing can be said. */
    private String describe() {
        var heard = new String[1];
        runtime.read(
                0,
                state -> state,
                reply(
                        state -> heard[0] = stateOf(state),
                        refused -> heard[0] = refused.toString()));
        return heard[0];
    }

    private static String stateOf(TransactionsState state) {
        Transaction transaction = state.transactions().get(ID);
        return transaction == null ? "new" : transaction.state().title();
    }

    private void checkReload() {
        long highWatermark = log.highWatermark(0);
        List<StoredEntry> committed =
                List.copyOf(log.entries(0).subList(0, Math.toIntExact(highWatermark)));
        checkReload(committed, Claim.A_RELOAD_FINDS_WHAT_WAS_COMMITTED);
        for (long toOffset : new long[] {highWatermark / 2, highWatermark}) {
            for (boolean aged : new boolean[] {false, true}) {
                List<StoredEntry> left = Compacted.of(committed, toOffset, aged);
                checkReload(left, Claim.A_COMPACTED_LOG_SAYS_THE_SAME);
            }
        }
    }

    private void checkReload(List<StoredEntry> entries, Claim claim) {
        var replayed = machine.initial();
        for (StoredEntry entry : entries) {
            replayed = machine.replay(replayed, (StoredRecord) entry);
        }
        String stored = gist(replayed);
        runtime.read(
                0,
                state -> state,
                reply(
                        state ->
                                require(
                                        gist(state).equals(stored),
                                        claim,
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
        if (before != null && before.id() != identity.id()) {
            note(beginning ? "began as another producer" : "went on as another producer");
        }
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
