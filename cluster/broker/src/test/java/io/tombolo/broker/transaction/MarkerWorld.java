package io.tombolo.broker.transaction;

import io.tombolo.broker.transaction.MarkerSender.Letter;
import io.tombolo.broker.transaction.MarkerSender.Whereabouts;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.environment.story.World;
import io.tombolo.protocol.SendingOrder;

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
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One producer that keeps its epoch and runs transaction after transaction over partitions whose
 * leaders change, a coordinator that fails over, and a network in which requests are lost, answers
 * are lost, and copies arrive late; all from one seed. The sender of the markers is the real one.
 */
final class MarkerWorld extends World<MarkerWorld.Claim> implements MarkerSender.Ports {

    /** What must always hold. */
    enum Claim {
        EACH_TRANSACTION_ENDS_AS_DECIDED,
        THE_LAST_STABLE_OFFSET_MOVES_ON
    }

    /** Ways to be wrong. */
    enum Mistake {
        NONE,
        LATE_COPIES_TAKEN,
        LOST_MARKERS_COUNT,
        REFUSED_MARKERS_COUNT,
        NOT_ASKED_FOR_AGAIN
    }

    private static final int PARTITIONS = 3;
    private static final int BROKERS = 2;
    private static final int NOBODY = -1;

    private final SplittableRandom random;
    private final Mistake mistake;
    private final ManualLoop loop = new ManualLoop();
    private final MarkerSender sender;
    private final int[] leaders = {0, 1, 0};
    private final int[] open = {NOBODY, NOBODY, NOBODY};
    private final int[] coordinatorEpochs = new int[PARTITIONS];
    private final Map<Integer, SendingOrder> newest = new TreeMap<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final Map<Integer, Boolean> decisions = new HashMap<>();
    private final Set<TopicPartition> touched = new HashSet<>();
    private final Set<TopicPartition> unmarked = new HashSet<>();
    private int transaction;
    private int coordinatorEpoch;
    private long lastNumber;
    private boolean ending;

    private record Request(
            int broker,
            SendingOrder order,
            List<Letter> letters,
            Consumer<Map<Letter, Errors>> answer) {}

    MarkerWorld(long seed, Mistake mistake) {
        super(Claim.class);
        this.random = new SplittableRandom(seed);
        this.sender = new MarkerSender(loop, new SimulatedEntropy(~seed), this);
        this.mistake = mistake;
    }

    @Override
    protected void step() {
        switch (random.nextInt(48)) {
            case 0 -> move(random.nextInt(PARTITIONS), random.nextInt(BROKERS + 1) - 1);
            case 1 -> failOver();
            case 2, 3, 4, 5, 6, 7, 8, 9 -> loop.advance(Duration.ofMillis(random.nextInt(300)));
            case 10, 11, 12, 13, 14, 15, 16, 17 -> produceOrEnd();
            case 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 -> {
                if (!answers.isEmpty()) {
                    answers.remove(random.nextInt(answers.size())).run();
                }
            }
            default -> {
                if (!requests.isEmpty()) {
                    take(requests.remove(random.nextInt(requests.size())));
                }
            }
        }
        loop.run();
    }

    /** Nobody begins anything any more; everything arrives, and leaders stay. */
    @Override
    protected void rest() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            move(partition, 0);
        }
        for (int round = 0; round < 30; round++) {
            while (!requests.isEmpty() || !answers.isEmpty()) {
                if (requests.isEmpty()) {
                    answers.removeFirst().run();
                } else {
                    take(requests.removeFirst());
                }
                loop.run();
            }
            if (!ending && !touched.isEmpty() && !decisions.containsKey(transaction)) {
                end();
            }
            loop.advance(Duration.ofSeconds(1));
            loop.run();
        }
        boolean stable = true;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            stable &= open[partition] == NOBODY;
        }
        require(
                stable && !ending && sender.unwritten() == 0,
                Claim.THE_LAST_STABLE_OFFSET_MOVES_ON,
                sender.unwritten() + " markers are left");
    }

    private void produceOrEnd() {
        if (ending) {
            return;
        }
        if (decisions.containsKey(transaction)) {
            transaction++;
            touched.clear();
            count("begun");
        }
        if (touched.size() < 2 || random.nextInt(2) == 0) {
            int partition = random.nextInt(PARTITIONS);
            open[partition] = transaction;
            touched.add(new TopicPartition("t", partition));
        } else {
            end();
        }
    }

    private void end() {
        ending = true;
        decisions.put(transaction, random.nextBoolean());
        unmarked.addAll(touched);
        sender.take(0, coordinatorEpoch, wanted());
    }

    private MarkersWanted wanted() {
        return new MarkersWanted(
                "id",
                new ProducerIdentity(9, (short) 0),
                decisions.getOrDefault(transaction, false),
                (short) 0,
                TouchedPartitions.of(touched));
    }

    /** Which markers were written already is not recorded: all are asked for again. */
    private void failOver() {
        count("failover");
        coordinatorEpoch++;
        sender.resigned(0, coordinatorEpoch);
        if (ending && mistake != Mistake.NOT_ASKED_FOR_AGAIN) {
            unmarked.addAll(touched);
            sender.take(0, coordinatorEpoch, wanted());
        }
    }

    /** Who leads anew has read before what was sent to it under its last leadership. */
    private void move(int partition, int leader) {
        int before = leaders[partition];
        leaders[partition] = leader;
        if (before != leader) {
            List<Request> waiting = requests.stream().filter(one -> one.broker == before).toList();
            requests.removeAll(waiting);
            waiting.forEach(this::take);
        }
    }

    // ---- what the sender reaches ----

    @Override
    public Whereabouts find(TopicPartition partition) {
        int leader = leaders[partition.partition()];
        return leader < 0 ? new Whereabouts.Leaderless() : new Whereabouts.LedBy(leader);
    }

    @Override
    public void send(int brokerId, List<Letter> letters, Consumer<Map<Letter, Errors>> answer) {
        var order = new SendingOrder(1, 1, ++lastNumber);
        switch (random.nextInt(4)) {
            case 0 -> {
                count("answer lost");
                requests.add(new Request(brokerId, order, letters, _ -> {}));
                answers.add(() -> answer.accept(lost(letters)));
            }
            case 1 -> answers.add(() -> answer.accept(lost(letters)));
            default -> requests.add(new Request(brokerId, order, letters, answer));
        }
    }

    private Map<Letter, Errors> lost(List<Letter> letters) {
        var outcomes = new HashMap<Letter, Errors>();
        Errors told =
                mistake == Mistake.LOST_MARKERS_COUNT ? Errors.NONE : Errors.NETWORK_EXCEPTION;
        letters.forEach(letter -> outcomes.put(letter, told));
        return outcomes;
    }

    private void take(Request request) {
        SendingOrder last = newest.get(request.broker);
        var outcomes = new HashMap<Letter, Errors>();
        boolean late = last != null && request.order.before(last);
        if (late) {
            count("late copy");
        } else {
            newest.put(request.broker, request.order);
        }
        for (Letter letter : request.letters) {
            outcomes.put(
                    letter,
                    late && mistake != Mistake.LATE_COPIES_TAKEN
                            ? Errors.NETWORK_EXCEPTION
                            : mark(request.broker, letter));
        }
        answers.add(() -> request.answer.accept(outcomes));
    }

    private Errors mark(int broker, Letter letter) {
        int partition = letter.partition().partition();
        if (leaders[partition] != broker) {
            return mistake == Mistake.REFUSED_MARKERS_COUNT
                    ? Errors.NONE
                    : Errors.NOT_LEADER_OR_FOLLOWER;
        }
        if (letter.ending().coordinatorEpoch() < coordinatorEpochs[partition]) {
            return Errors.TRANSACTION_COORDINATOR_FENCED;
        }
        coordinatorEpochs[partition] = letter.ending().coordinatorEpoch();
        int ended = open[partition];
        open[partition] = NOBODY;
        Boolean decided = decisions.get(ended);
        boolean told = letter.ending().markers().commit();
        require(
                ended == NOBODY || decided != null && decided == told,
                Claim.EACH_TRANSACTION_ENDS_AS_DECIDED,
                "%d was decided %s and ended %s".formatted(ended, decided, told));
        return Errors.NONE;
    }

    @Override
    public void commitLost(String transactionalId, TopicPartition partition) {
        throw new AssertionError("no other region owns " + partition);
    }

    @Override
    public void written(MarkersWanted markers, TouchedPartitions done, Consumer<Errors> answer) {
        if (random.nextInt(5) == 0) {
            answer.accept(Errors.COORDINATOR_NOT_AVAILABLE);
            return;
        }
        unmarked.removeAll(done.list());
        if (unmarked.isEmpty() && ending) {
            ending = false;
        }
        answer.accept(Errors.NONE);
    }
}
