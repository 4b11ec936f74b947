package io.tombolo.broker.drain;

import io.tombolo.controller.replica.DrainPlan;
import io.tombolo.metadata.record.BrokerRecord.Drain;

import org.apache.kafka.common.TopicPartition;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a broker is on its way to be empty.
 *
 * @param fenced whether it is out of service; a broker that shall leave does so when it is empty
 *     and fenced
 * @param stuck why replicas do not go, by partition; at most {@link DrainPlan.Progress#REASONS_MAX}
 *     of them
 * @param slow what holds up replicas that are on their way; nothing of it has to be done about
 */
public record DrainReport(
        int brokerId,
        boolean fenced,
        Drain drain,
        Left left,
        Speed speed,
        SortedMap<TopicPartition, String> stuck,
        List<String> slow) {

    public DrainReport {
        slow = List.copyOf(slow);
        stuck = Collections.unmodifiableSortedMap(new TreeMap<>(stuck));
    }

    /**
     * What is still there.
     *
     * @param replicas that the broker has
     * @param moving those of them that are on their way
     * @param leaders partitions that it leads
     * @param bytes to be copied before it is empty; unknown when it cannot be asked
     */
    public record Left(int replicas, int moving, int leaders, OptionalLong bytes) {}

    /**
     * How it went lately; unknown until it was looked at twice.
     *
     * @param bytesPerSecond copied
     * @param secondsLeft at that speed
     */
    public record Speed(OptionalLong bytesPerSecond, OptionalLong secondsLeft) {

        static final Speed UNKNOWN = new Speed(OptionalLong.empty(), OptionalLong.empty());
    }

    /** In one word. */
    public enum State {
        /** Nobody wants it to be empty. */
        NONE,
        /** Replicas move, or are about to. */
        MOVING,
        /** What is left cannot go; {@link DrainReport#stuck} says why. */
        STUCK,
        /** It has no replica any more. */
        EMPTY
    }

    public State state() {
        if (!drain.wanted()) {
            return State.NONE;
        }
        if (left.replicas() == 0) {
            return State.EMPTY;
        }
        boolean someMayGo =
                stuck.size() < Math.min(left.replicas(), DrainPlan.Progress.REASONS_MAX);
        return someMayGo ? State.MOVING : State.STUCK;
    }

    /** The reason that holds for the first partition that does not go. */
    public Optional<String> firstReason() {
        return stuck.values().stream().findFirst();
    }
}
