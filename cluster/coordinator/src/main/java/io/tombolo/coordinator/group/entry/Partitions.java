package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupSettings;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.runtime.CoordinatorRuntime;
import io.tombolo.coordinator.runtime.SpreadRuntime;
import io.tombolo.coordinator.runtime.StateMachine;

/** The partitions of the offsets topic, spread over the loops. Callable on any loop. */
final class Partitions extends SpreadRuntime<GroupsState, GroupCommand, GroupEvent> {

    Partitions(
            GroupSettings settings,
            GroupPorts ports,
            StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        super(
                settings.offsetsPartitionCount(),
                ports.loops(),
                ports.ownerOf(),
                loop ->
                        new CoordinatorRuntime<>(
                                loop,
                                ports.clock(),
                                ports.log(),
                                machine,
                                ports.listener(),
                                settings.runtime()));
    }
}
