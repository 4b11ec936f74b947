package io.tombolo.coordinator.runtime;

import io.tombolo.coordinator.runtime.CoordinatorLog.AppendResult;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoops;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A state machine on all partitions of an internal topic, which are spread over the loops. Callable
 * on any loop: carries a question to the loop that owns the partition and its answer back to the
 * loop it came from.
 *
 * @param <S> state of a partition
 * @param <C> commands
 * @param <E> signals
 */
public class SpreadRuntime<S, C, E> {

    private final int count;
    private final IntFunction<EventLoop> ownerOf;
    private final List<CoordinatorRuntime<S, C, E>> byLoop = new ArrayList<>();

    /**
     * @param count partitions of the topic
     * @param loops all loops of the process
     * @param ownerOf the loop that owns a partition; always the same one
     * @param runtimeOn makes the runtime of one loop
     */
    public SpreadRuntime(
            int count,
            EventLoops loops,
            IntFunction<EventLoop> ownerOf,
            Function<EventLoop, CoordinatorRuntime<S, C, E>> runtimeOn) {
        this.count = count;
        this.ownerOf = ownerOf;
        for (int index = 0; index < loops.count(); index++) {
            byLoop.add(runtimeOn.apply(loops.loop(index)));
        }
    }

    /** Partitions of the topic. */
    public final int count() {
        return count;
    }

    /** As Kafka computes it: the absolute hash, where the absolute of the smallest int is 0. */
    public final int of(String key) {
        int hash = key.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % count;
    }

    /** Does something with the runtime of a partition, on its loop: at once when called there. */
    public final void on(int partition, Consumer<CoordinatorRuntime<S, C, E>> work) {
        EventLoop owner = ownerOf.apply(partition);
        var runtime = byLoop.get(owner.index());
        if (owner.inLoop()) {
            work.accept(runtime);
        } else {
            owner.execute(() -> work.accept(runtime));
        }
    }

    /**
     * Hands a command to the state machine of a partition.
     *
     * @param reply called on {@code caller}; refusals are such that clients know how to handle them
     */
    public final <R> void write(
            int partition, EventLoop caller, Function<Ticket<R>, C> command, Reply<R> reply) {
        on(partition, runtime -> runtime.write(partition, command, back(caller, reply)));
    }

    /**
     * Hands a command of the broker itself to the state machine of a partition.
     *
     * @param reply called on {@code caller}; NOT_COORDINATOR only where the partition is another
     *     leader's business, and otherwise why the log refused, so that it is tried again
     */
    public final <R> void order(
            int partition, EventLoop caller, Function<Ticket<R>, C> command, Reply<R> reply) {
        on(partition, runtime -> runtime.write(partition, command, plainly(caller, reply)));
    }

    /**
     * Asks what is committed in a partition.
     *
     * @param reply as for {@link #write}
     */
    public final <R> void read(
            int partition, EventLoop caller, Function<S, R> query, Reply<R> reply) {
        on(partition, runtime -> runtime.read(partition, query, back(caller, reply)));
    }

    /**
     * Ends a producer's transaction on a partition; see {@link CoordinatorRuntime#end}. Called on
     * the loop that owns the partition.
     */
    public final Errors end(int partition, TransactionEnd end, Supplier<AppendResult> append) {
        return byLoop.get(ownerOf.apply(partition).index()).end(partition, end, append);
    }

    private static <R> Reply<R> back(EventLoop caller, Reply<R> reply) {
        return refused(caller, reply, SpreadRuntime::toClient);
    }

    private static <R> Reply<R> plainly(EventLoop caller, Reply<R> reply) {
        return refused(caller, reply, error -> error);
    }

    private static <R> Reply<R> refused(
            EventLoop caller, Reply<R> reply, UnaryOperator<Errors> told) {
        return new Reply<>() {
            @Override
            public void answer(R response) {
                deliver(caller, () -> reply.answer(response));
            }

            @Override
            public void refuse(Errors error) {
                deliver(caller, () -> reply.refuse(told.apply(error)));
            }
        };
    }

    private static void deliver(EventLoop caller, Runnable delivery) {
        if (caller.inLoop()) {
            delivery.run();
        } else {
            caller.execute(delivery);
        }
    }

    /** What clients know how to handle: mostly, to look for the coordinator again. */
    private static Errors toClient(Errors error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION,
                    NOT_ENOUGH_REPLICAS,
                    NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                    REQUEST_TIMED_OUT ->
                    Errors.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, KAFKA_STORAGE_ERROR ->
                    Errors.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE ->
                    Errors.UNKNOWN_SERVER_ERROR;
            default -> error;
        };
    }
}
