package io.tombolo.broker.transaction;

import io.tombolo.environment.EventLoop;
import io.tombolo.replication.transaction.Verification;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.function.Consumer;

/**
 * What records of a transaction pass before a partition led here takes them: nobody would ever end
 * a transaction in a partition that its coordinator has not heard of (KIP-890).
 */
public interface TransactionGate {

    /**
     * Those of one request, which are asked about together.
     *
     * @param members how many wishes name it, each of which has to come to {@link #admit}
     * @param loop of whoever has the request
     */
    Company company(int members, EventLoop loop);

    /**
     * Finds out whether records may be appended. Answers of one producer and partition come in the
     * order of the calls. Callable on any loop.
     *
     * @param answer called once on the loop of the partition, now or later
     */
    void admit(Wish wish, Consumer<Permit> answer);

    /**
     * @param transactionalId as the request names it
     * @param partition led by this broker; for offsets, the one that the group lives on
     * @param speech what the client understands
     */
    record Wish(
            Company company,
            String transactionalId,
            long producerId,
            short producerEpoch,
            TopicIdPartition partition,
            Speech speech) {}

    /**
     * Whether records may be appended: in the turn in which it is given, or as long as {@link
     * io.tombolo.replication.transaction.TransactionAdmission#judge} says so.
     *
     * @param error NONE, or what the client is to be told
     * @param verification what the partition wants to see with the records
     */
    record Permit(Errors error, Verification verification) {

        static Permit refused(Errors error) {
            return new Permit(error, Verification.NONE);
        }
    }

    /** What a client expects of its brokers, told by the version of its request. */
    enum Speech {
        /** It has told the coordinator itself; errors are those of old. */
        OLD,
        /** It has told the coordinator itself, and knows TRANSACTION_ABORTABLE. */
        ABORTABLE,
        /** It leaves it to the leader to tell the coordinator. */
        IMPLICIT;

        /** Of a Produce request. */
        public static Speech ofProduce(short version) {
            return version >= 12 ? IMPLICIT : version == 11 ? ABORTABLE : OLD;
        }

        /** Of a TxnOffsetCommit request. */
        public static Speech ofOffsets(short version) {
            return version >= 5 ? IMPLICIT : version == 4 ? ABORTABLE : OLD;
        }
    }
}
