package io.tombolo.broker.shard;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoops;
import io.tombolo.replication.Partition;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** All shards of a broker. Immutable; callable from any thread. */
public final class Shards {

    private final EventLoops loops;
    private final List<Shard> shards = new ArrayList<>();

    public Shards(EventLoops loops) {
        this.loops = loops;
        for (int index = 0; index < loops.count(); index++) {
            shards.add(new Shard(loops.loop(index)));
        }
    }

    /** The shard that owns a partition, hosted or not; always the same one. */
    public Shard ownerOf(TopicIdPartition id) {
        return shards.get(loops.ownerOf(id.topicPartition().hashCode()).index());
    }

    /** The loop that owns a log, before its topic's id is known: only the name decides. */
    public EventLoop loopOf(TopicPartition name) {
        return loops.ownerOf(name.hashCode());
    }

    public List<Shard> all() {
        return shards;
    }

    /**
     * Finds the partitions that this broker hosts and cannot use, whatever the metadata says.
     *
     * @param answered called once on {@code replyTo}
     */
    public void offline(EventLoop replyTo, Consumer<List<TopicIdPartition>> answered) {
        var gathering =
                new Gathering<List<TopicIdPartition>>(
                        shards.size(),
                        found -> answered.accept(found.stream().flatMap(List::stream).toList()));
        for (int index = 0; index < shards.size(); index++) {
            int place = index;
            Shard shard = shards.get(index);
            runFor(
                    replyTo,
                    shard.loop(),
                    () -> {
                        List<TopicIdPartition> found = shard.offline();
                        run(replyTo, () -> gathering.fill(place, found));
                    });
        }
    }

    /**
     * Calls back when every shard has done what it was given before; never, while the loop of one
     * stands still.
     */
    public void settled(EventLoop replyTo, Runnable then) {
        var gathering = new Gathering<Boolean>(shards.size(), _ -> then.run());
        for (int index = 0; index < shards.size(); index++) {
            int place = index;
            EventLoop loop = shards.get(index).loop();
            loop.execute(() -> replyTo.execute(() -> gathering.fill(place, true)));
        }
    }

    /**
     * Asks something of each partition on its own loop.
     *
     * @param answered called on {@code replyTo} with all answers, in the order of the ids
     */
    public <T> void askAll(
            List<TopicIdPartition> ids,
            EventLoop replyTo,
            Question<T> question,
            Consumer<List<T>> answered) {
        var gathering = new Gathering<T>(ids.size(), answered);
        for (int index = 0; index < ids.size(); index++) {
            int place = index;
            TopicIdPartition id = ids.get(index);
            Shard shard = ownerOf(id);
            Consumer<T> fill = answer -> run(replyTo, () -> gathering.fill(place, answer));
            runFor(
                    replyTo,
                    shard.loop(),
                    () -> question.ask(place, Optional.ofNullable(shard.find(id)), fill));
        }
        gathering.closeWhenEmpty();
    }

    /** What is asked of one partition, on its own loop. */
    @FunctionalInterface
    public interface Question<T> {

        /**
         * @param place index among the ids that were asked for
         * @param partition empty when it is not hosted here
         * @param fill takes the answer, once, now or later, on any loop
         */
        void ask(int place, Optional<Partition> partition, Consumer<T> fill);
    }

    /** Asks something that a partition can answer at once. */
    public <T> void ask(
            TopicIdPartition id,
            EventLoop replyTo,
            Function<Optional<Partition>, T> question,
            Consumer<T> answered) {
        Shard shard = ownerOf(id);
        runFor(
                replyTo,
                shard.loop(),
                () -> {
                    T answer = question.apply(Optional.ofNullable(shard.find(id)));
                    run(replyTo, () -> answered.accept(answer));
                });
    }

    /** Runs a task on a loop: at once when the caller is on it. */
    public static void run(EventLoop loop, Runnable task) {
        switch (loop) {
            case GuardedLoop guarded when guarded.inLoop() -> guarded.run(task);
            case EventLoop own when own.inLoop() -> task.run();
            default -> loop.execute(task);
        }
    }

    /**
     * Runs a task on a shard for someone on another loop, who is to hear of it when it throws.
     *
     * @param asker where an exception is thrown again
     */
    public static void runFor(EventLoop asker, EventLoop loop, Runnable task) {
        run(
                loop,
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException mistake) {
                        run(
                                asker,
                                () -> {
                                    throw mistake;
                                });
                    }
                });
    }
}
