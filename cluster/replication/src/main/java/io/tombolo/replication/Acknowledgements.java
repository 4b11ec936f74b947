package io.tombolo.replication;

import io.tombolo.environment.EventLoop;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.protocol.Errors;

import java.util.function.Consumer;

/** When a producer hears that its records are in: at once, when durable, or when committed. */
final class Acknowledgements {

    private final PartitionLog log;
    private final WaitingProduces committed;
    private final WaitingProduces durable;

    Acknowledgements(PartitionLog log, EventLoop loop) {
        this.log = log;
        this.committed = new WaitingProduces(loop);
        this.durable = new WaitingProduces(loop);
    }

    /**
     * Answers when the acknowledgement that was asked for is there.
     *
     * @param offset the end of the produced records
     */
    void await(
            Produce request,
            long offset,
            long highWatermark,
            ProduceOutcome success,
            Consumer<ProduceOutcome> answer) {
        boolean waitsForDisk =
                request.acks() == 1
                        && log.settings().flush().acknowledgesDurable()
                        && log.durableOffset() < offset;
        if (waitsForDisk) {
            durable.add(offset, request.timeoutNanos(), success, answer);
        } else if (request.acks() == -1 && highWatermark < offset) {
            committed.add(offset, request.timeoutNanos(), success, answer);
        } else {
            answer.accept(success);
        }
    }

    void committedTo(long highWatermark) {
        committed.advanced(highWatermark);
    }

    /** The log is durable further; or it does not have to be any more. */
    void durableTo(long offset) {
        durable.advanced(log.settings().flush().acknowledgesDurable() ? offset : log.endOffset());
    }

    /** The records are in the log, but the replicas in sync have become too few. */
    void tooFewInSync() {
        committed.failAll(
                Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                "the records were appended, but too few replicas are in sync");
    }

    /** The same for what waits for replicas since the last call or longer. */
    boolean failThoseSeenBefore(ProduceOutcome outcome) {
        return committed.failThoseSeenBefore(outcome);
    }

    /** Nobody knows what becomes of the records. */
    void failAll(Errors error, String message, LeaderHint leader) {
        committed.failAll(error, message, leader);
        durable.failAll(error, message, leader);
    }
}
