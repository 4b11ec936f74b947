package io.tombolo.coordinator.runtime;

import io.tombolo.coordinator.runtime.CoordinatorLog.AppendResult;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.protocol.Errors;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Hosts a state machine on those partitions of an internal topic that one loop owns and this broker
 * leads. Mutable; every method is called on that loop.
 *
 * @param <S> state of a partition
 * @param <C> commands
 * @param <E> signals
 */
public final class CoordinatorRuntime<S, C, E> {

    private final Host<S, C, E> host;
    private final Map<Integer, HostedPartition<S, C, E>> led = new TreeMap<>();

    /** Hosts nothing until {@link #lead}. */
    public CoordinatorRuntime(
            EventLoop loop,
            Clock clock,
            CoordinatorLog log,
            StateMachine<S, C, E> machine,
            CoordinatorListener<E> listener,
            RuntimeSettings settings) {
        this.host = new Host<>(loop, clock, log, machine, listener, settings);
    }

    /**
     * This broker leads the partition from now on: loads its state, answering {@code
     * COORDINATOR_LOAD_IN_PROGRESS} meanwhile. The state counts as loaded when every record that
     * was in the log at this call is replayed and committed. A repeated or older epoch changes
     * nothing; a newer one starts over.
     */
    public void lead(int partition, int leaderEpoch) {
        var present = led.get(partition);
        if (present != null && present.leaderEpoch() >= leaderEpoch) {
            return;
        }
        if (present != null) {
            present.close();
        }
        var hosted = new HostedPartition<>(host, partition, leaderEpoch);
        led.put(partition, hosted);
        hosted.load();
    }

    /**
     * This broker does not lead the partition any more: every waiting client gets {@code
     * NOT_COORDINATOR} before this returns, and what was not committed is forgotten. Not to lead it
     * anyway is fine.
     */
    public void resign(int partition) {
        var present = led.remove(partition);
        if (present != null) {
            present.close();
        }
    }

    /** The partition's high watermark is now at least this. */
    public void highWatermarkMoved(int partition, long highWatermark) {
        var present = led.get(partition);
        if (present != null) {
            present.highWatermarkMoved(highWatermark);
        }
    }

    /** Whether the partition is led here and loaded. */
    public boolean active(int partition) {
        var present = led.get(partition);
        return present != null && present.active();
    }

    /**
     * Hands a command to the state machine, which sees everything that was decided before, even if
     * it is not committed yet.
     *
     * @param command built around the ticket under which the machine answers, perhaps much later
     */
    public <R> void write(int partition, Function<Ticket<R>, C> command, Reply<R> reply) {
        var present = led.get(partition);
        if (present == null) {
            reply.refuse(Errors.NOT_COORDINATOR);
        } else {
            present.write(command, reply);
        }
    }

    /**
     * Ends a producer's transaction on a partition: everything decided before goes to the log, then
     * the marker, and the state machine learns of it in between the same commands as whoever loads
     * the partition later.
     *
     * @param append appends the marker; called at most once, before this returns
     * @return NONE when the marker is in the log; when the partition is not led here, or not loaded
     *     yet, nothing is appended
     */
    public Errors end(int partition, TransactionEnd end, Supplier<AppendResult> append) {
        var present = led.get(partition);
        return present == null ? Errors.NOT_COORDINATOR : present.end(end, append);
    }

    /** Answers at once from what is committed. */
    public <R> void read(int partition, Function<S, R> query, Reply<R> reply) {
        var present = led.get(partition);
        if (present == null) {
            reply.refuse(Errors.NOT_COORDINATOR);
        } else {
            present.read(query, reply);
        }
    }

    /** What all partitions of a runtime share. */
    record Host<S, C, E>(
            EventLoop loop,
            Clock clock,
            CoordinatorLog log,
            StateMachine<S, C, E> machine,
            CoordinatorListener<E> listener,
            RuntimeSettings settings) {

        Moment now() {
            return new Moment(clock.nanoTime(), clock.wallTimeMs());
        }
    }
}
