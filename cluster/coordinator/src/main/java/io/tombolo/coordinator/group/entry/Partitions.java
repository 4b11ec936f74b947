package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupSettings;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.runtime.CoordinatorRuntime;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.Ticket;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The partitions of the offsets topic, spread over the loops. Callable on any loop: carries a
 * question to the loop that owns the partition and its answer back to the loop it came from.
 */
final class Partitions {

    private final int count;
    private final GroupPorts ports;
    private final List<CoordinatorRuntime<GroupsState, GroupCommand, GroupEvent>> byLoop;

    Partitions(
            GroupSettings settings,
            GroupPorts ports,
            StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        this.count = settings.offsetsPartitionCount();
        this.ports = ports;
        this.byLoop = new ArrayList<>();
        for (int index = 0; index < ports.loops().count(); index++) {
            byLoop.add(
                    new CoordinatorRuntime<>(
                            ports.loops().loop(index),
                            ports.clock(),
                            ports.log(),
                            machine,
                            ports.listener(),
                            settings.runtime()));
        }
    }

    int count() {
        return count;
    }

    /** As Kafka computes it: the absolute hash, where the absolute of the smallest int is 0. */
    int of(String group) {
        int hash = group.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % count;
    }

    /** Does something with the runtime of a partition, on its loop. */
    void on(
            int partition,
            Consumer<CoordinatorRuntime<GroupsState, GroupCommand, GroupEvent>> work) {
        EventLoop owner = ports.ownerOf().apply(partition);
        var runtime = byLoop.get(owner.index());
        if (owner.inLoop()) {
            work.accept(runtime);
        } else {
            owner.execute(() -> work.accept(runtime));
        }
    }

    <R> void write(
            int partition,
            EventLoop caller,
            Function<Ticket<R>, GroupCommand> command,
            Reply<R> reply) {
        on(partition, runtime -> runtime.write(partition, command, back(caller, reply)));
    }

    <R> void read(int partition, EventLoop caller, Function<GroupsState, R> query, Reply<R> reply) {
        on(partition, runtime -> runtime.read(partition, query, back(caller, reply)));
    }

    private static <R> Reply<R> back(EventLoop caller, Reply<R> reply) {
        return new Reply<>() {
            @Override
            public void answer(R response) {
                deliver(caller, () -> reply.answer(response));
            }

            @Override
            public void refuse(Errors error) {
                deliver(caller, () -> reply.refuse(Refusals.toClient(error)));
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
}
