package io.tombolo.broker.transaction;

import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.environment.EventLoop;
import io.tombolo.replication.Partition;
import io.tombolo.replication.transaction.TransactionAdmission.Verdict;
import io.tombolo.replication.transaction.Verification;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The gate of the partitions of this broker. Asks the coordinator once for all partitions of a
 * request and for all that waits of a producer, and again as long as the transaction before is
 * still ending, which takes a moment after its producer was told. Callable on any loop; each loop
 * has a waiting room of its own for its partitions.
 */
final class LeaderGate implements TransactionGate {

    /** How often is asked in all before the client has to come again. */
    static final int ATTEMPTS_MAX = 12;

    static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    /** Producers that wait per loop; a further one is told to come again. */
    static final int WAITING_MAX = 10_000;

    private final Shards shards;
    private final Inquiry inquiry;
    private final List<Map<Key, Waiting>> rooms = new ArrayList<>();

    /** Asks the coordinator of a transaction, wherever it is. */
    @FunctionalInterface
    interface Inquiry {

        /**
         * @param answer called once on {@code replyTo}
         */
        void ask(Question question, EventLoop replyTo, Consumer<Question.Answer> answer);
    }

    private record Key(TopicIdPartition partition, ProducerIdentity producer) {}

    private record Waiter(Wish wish, Consumer<Permit> answer) {}

    /** Those that wait for the same answer, in the order in which they came. */
    private static final class Waiting {
        private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
        private Verification verification;
        private int attempts;

        Waiting(Verification verification) {
            this.verification = verification;
        }

        /** Whose company asks for all of them. */
        Wish first() {
            return waiters.element().wish();
        }
    }

    LeaderGate(Shards shards, Inquiry inquiry) {
        this.shards = shards;
        this.inquiry = inquiry;
        shards.all().forEach(_ -> rooms.add(new HashMap<>()));
    }

    @Override
    public Company company(int members, EventLoop loop) {
        return new Company(members, loop, inquiry);
    }

    @Override
    public void admit(Wish wish, Consumer<Permit> answer) {
        Shards.run(shards.ownerOf(wish.partition()).loop(), () -> admitHere(wish, answer));
    }

    private void admitHere(Wish wish, Consumer<Permit> answer) {
        Partition partition = find(wish.partition());
        Errors error = partition == null ? Errors.NOT_LEADER_OR_FOLLOWER : partition.checkEpoch(-1);
        if (partition == null || error != Errors.NONE) {
            answer.accept(Permit.refused(error));
            wish.company().leaves();
            return;
        }
        var key =
                new Key(
                        wish.partition(),
                        new ProducerIdentity(wish.producerId(), wish.producerEpoch()));
        Waiting before = roomOf(wish.partition()).get(key);
        if (before != null) {
            before.waiters.add(new Waiter(wish, answer));
            wish.company().leaves();
            return;
        }
        Verification verification =
                partition.admission().begin(wish.producerId(), wish.producerEpoch());
        if (verification.toBeAsked()) {
            await(key, new Waiting(verification), new Waiter(wish, answer));
        } else {
            answer.accept(new Permit(Errors.NONE, verification));
            wish.company().leaves();
        }
    }

    private void await(Key key, Waiting waiting, Waiter first) {
        var room = roomOf(key.partition());
        if (room.size() == WAITING_MAX) {
            first.answer().accept(Permit.refused(Errors.NOT_ENOUGH_REPLICAS));
            first.wish().company().leaves();
            return;
        }
        waiting.waiters.add(first);
        room.put(key, waiting);
        ask(key, waiting);
    }

    private void ask(Key key, Waiting waiting) {
        waiting.attempts++;
        Wish wish = waiting.first();
        wish.company()
                .asks(
                        new Company.Member(
                                wish.transactionalId(),
                                key.producer(),
                                key.partition().topicPartition(),
                                wish.speech() == Speech.IMPLICIT,
                                loopOf(key),
                                error -> answered(key, waiting, error)));
    }

    private void answered(Key key, Waiting waiting, Errors error) {
        boolean again = waiting.attempts < ATTEMPTS_MAX;
        if (error == Errors.CONCURRENT_TRANSACTIONS && again) {
            loopOf(key).schedule(PAUSE_NANOS, () -> askAnew(key, waiting));
        } else if (error == Errors.NONE && again && outdated(key, waiting)) {
            askAnew(key, waiting);
        } else {
            roomOf(key.partition()).remove(key);
            for (Waiter waiter : waiting.waiters) {
                Errors told = toClient(error, waiter.wish().speech());
                waiter.answer().accept(new Permit(told, waiting.verification));
            }
            waiting.first().company().leaves();
        }
    }

    /** A marker that came meanwhile may have ended just what the coordinator spoke of. */
    private boolean outdated(Key key, Waiting waiting) {
        Partition partition = find(key.partition());
        return partition != null
                && partition
                                .admission()
                                .judge(
                                        key.producer().id(),
                                        key.producer().epoch(),
                                        waiting.verification)
                        == Verdict.UNVERIFIED;
    }

    private void askAnew(Key key, Waiting waiting) {
        Partition partition = find(key.partition());
        if (partition == null || partition.checkEpoch(-1) != Errors.NONE) {
            waiting.attempts = ATTEMPTS_MAX;
            answered(key, waiting, Errors.NOT_LEADER_OR_FOLLOWER);
            return;
        }
        waiting.verification =
                partition.admission().begin(key.producer().id(), key.producer().epoch());
        if (waiting.verification.toBeAsked()) {
            ask(key, waiting);
        } else {
            waiting.attempts = ATTEMPTS_MAX;
            answered(key, waiting, Errors.NONE);
        }
    }

    /** As Kafka's leaders say it: older clients give up at what newer ones repeat. */
    static Errors toClient(Errors error, Speech speech) {
        return switch (error) {
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case TRANSACTION_ABORTABLE -> speech == Speech.OLD ? Errors.INVALID_TXN_STATE : error;
            case CONCURRENT_TRANSACTIONS ->
                    speech == Speech.IMPLICIT ? error : Errors.NOT_ENOUGH_REPLICAS;
            case NETWORK_EXCEPTION,
                    COORDINATOR_LOAD_IN_PROGRESS,
                    COORDINATOR_NOT_AVAILABLE,
                    NOT_COORDINATOR,
                    // The coordinator's metadata is behind ours.
                    UNKNOWN_TOPIC_OR_PARTITION,
                    OPERATION_NOT_ATTEMPTED ->
                    Errors.NOT_ENOUGH_REPLICAS;
            default -> error;
        };
    }

    private @Nullable Partition find(TopicIdPartition id) {
        return shards.ownerOf(id).find(id);
    }

    private EventLoop loopOf(Key key) {
        return shards.ownerOf(key.partition()).loop();
    }

    private Map<Key, Waiting> roomOf(TopicIdPartition id) {
        return rooms.get(shards.ownerOf(id).loop().index());
    }
}
