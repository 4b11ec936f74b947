package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.group.Projection;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.StoredEntry;
import io.tombolo.coordinator.stage.Compacted;
import io.tombolo.coordinator.stage.Heard;
import io.tombolo.environment.story.World;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** One group on a {@link Stage} whose coordinator fails over. */
abstract class StagedWorld<C extends Enum<C>> extends World<C> {

    final SplittableRandom random;
    final Stage stage;
    private final StateMachine<GroupsState, GroupCommand, GroupEvent> machine;

    StagedWorld(
            Class<C> claims,
            long seed,
            StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        super(claims);
        this.random = new SplittableRandom(seed);
        this.machine = machine;
        this.stage = new Stage(Stage.settings(Integer.MAX_VALUE), machine, seed);
    }

    /** Writes a line of the story with the time. */
    final void happened(String line) {
        note(stage.loop.nanoTime() / 1_000_000 + " " + line);
    }

    final GroupsState committed() {
        var heard = new Heard<GroupsState>();
        stage.coordinator.partitions().read(0, stage.loop, state -> state, heard);
        return heard.response();
    }

    /**
     * Another coordinator takes over, who must find everything that this one has promised, however
     * much of the log was compacted meanwhile.
     *
     * @param promised shows a state, the first one, as far as the second one promises it
     */
    final void failover(
            Reload<C> claims,
            String during,
            BiFunction<GroupsState, GroupsState, String> promised) {
        GroupsState committed = committed();
        long highWatermark = stage.log.highWatermark(0);
        count("failover while " + during);
        stage.coordinator.resign(0);
        stage.log.loseUncommitted();
        List<StoredEntry> log = List.copyOf(stage.log.entries(0));
        require(log.size() == highWatermark, claims.whole, "the log lost what was committed");
        String wanted = promised.apply(committed, committed);
        String found = promised.apply(Projection.replayed(machine, log), committed);
        require(found.equals(wanted), claims.whole, found + "\nis not\n" + wanted);
        for (long toOffset : new long[] {highWatermark / 2, highWatermark}) {
            for (boolean aged : new boolean[] {false, true}) {
                List<StoredEntry> left = Compacted.of(log, toOffset, aged);
                String kept = promised.apply(Projection.replayed(machine, left), committed);
                require(kept.equals(wanted), claims.compacted, kept + "\nis not\n" + wanted);
            }
        }
        stage.lead();
    }

    /** What must hold of a log that is loaded. */
    record Reload<C>(C whole, C compacted) {}
}
