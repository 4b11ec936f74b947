package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Commit;
import io.tombolo.coordinator.group.GroupCommand.Committer;
import io.tombolo.coordinator.group.GroupCommand.Leave;
import io.tombolo.coordinator.group.GroupCommand.Sync;
import io.tombolo.coordinator.runtime.Answer;
import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.Producer;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.TransactionEnd;
import io.tombolo.coordinator.stage.Impostor;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;

/** Coordinators that are wrong in one way each; the simulation must find out. */
public final class Mutant extends Impostor<GroupsState, GroupCommand, GroupEvent> {

    /** Ways to be wrong. */
    public enum Kind {
        COMMITS_OF_OLD_GENERATIONS,
        GENERATIONS_NOT_RECORDED,
        LEAVING_NOT_RECORDED,
        COMMITS_NOT_RECORDED,
        LATE_LEADERS_ASSIGN_AGAIN,
        FENCED_CLIENTS_FORGOTTEN,
        TRANSACTIONS_IGNORED,
        MARKERS_FORGOTTEN,
        ABORTS_COMMIT,
        ALARMS_NEVER_RING
    }

    private final Kind kind;

    public Mutant(GroupSettings settings, Kind kind) {
        super(new GroupMachine(settings));
        this.kind = kind;
    }

    @Override
    public GroupsState ended(GroupsState state, TransactionEnd end) {
        return switch (kind) {
            case MARKERS_FORGOTTEN -> state;
            case ABORTS_COMMIT ->
                    sound.ended(
                            state, new TransactionEnd(end.producerId(), end.producerEpoch(), true));
            default -> sound.ended(state, end);
        };
    }

    @Override
    public Step<GroupsState, GroupEvent> handle(
            GroupsState state, GroupCommand command, Moment now) {
        return switch (kind) {
            case COMMITS_OF_OLD_GENERATIONS ->
                    sound.handle(state, rejuvenated(state, command), now);
            case LATE_LEADERS_ASSIGN_AGAIN -> sound.handle(reopened(state, command), command, now);
            case LEAVING_NOT_RECORDED ->
                    recorded(!(command instanceof Leave), sound.handle(state, command, now));
            case COMMITS_NOT_RECORDED ->
                    recorded(!(command instanceof Commit), sound.handle(state, command, now));
            case FENCED_CLIENTS_FORGOTTEN -> withoutFenced(sound.handle(state, command, now));
            case TRANSACTIONS_IGNORED -> withoutTransaction(sound.handle(state, command, now));
            case GENERATIONS_NOT_RECORDED, ALARMS_NEVER_RING, MARKERS_FORGOTTEN, ABORTS_COMMIT ->
                    withoutGenerations(sound.handle(state, command, now));
        };
    }

    @Override
    public long nextAlarmNanos(GroupsState state) {
        return kind == Kind.ALARMS_NEVER_RING ? Long.MAX_VALUE : sound.nextAlarmNanos(state);
    }

    @Override
    public Step<GroupsState, GroupEvent> alarm(GroupsState state, Moment now) {
        return withoutGenerations(sound.alarm(state, now));
    }

    private static GroupCommand rejuvenated(GroupsState state, GroupCommand command) {
        if (!(command instanceof Commit commit)) {
            return command;
        }
        Committer old = commit.committer();
        return new Commit(
                new Committer(
                        old.group(),
                        Projection.generation(state, old.group()),
                        old.memberId(),
                        old.instanceId(),
                        old.version()),
                commit.partitions(),
                commit.ticket());
    }

    private static GroupsState reopened(GroupsState state, GroupCommand command) {
        if (command instanceof Sync sync && !sync.request().assignments().isEmpty()) {
            ClassicGroup group = state.groups().get(sync.request().groupId());
            if (group != null && group.is(GroupState.STABLE)) {
                return state.with(group.in(GroupState.COMPLETING_REBALANCE, 0));
            }
        }
        return state;
    }

    private static Step<GroupsState, GroupEvent> recorded(
            boolean kept, Step<GroupsState, GroupEvent> step) {
        return kept ? step : unrecorded(step);
    }

    private static Step<GroupsState, GroupEvent> withoutFenced(Step<GroupsState, GroupEvent> step) {
        List<Answer<?>> kept = new ArrayList<>(step.answers());
        kept.removeIf(answer ->
                answer.response() instanceof JoinGroupResponseData joined
                        && joined.errorCode() == Errors.FENCED_INSTANCE_ID.code());
        return new Step<>(step.state(), step.records(), kept, step.signals(), step.producer());
    }

    /** Commits at once what is to be committed with its transaction. */
    private static Step<GroupsState, GroupEvent> withoutTransaction(
            Step<GroupsState, GroupEvent> step) {
        Producer producer = step.producer();
        return producer == null
                ? step
                : new Step<>(
                        step.state().ended(producer.id(), true),
                        step.records(),
                        step.answers(),
                        step.signals());
    }

    private Step<GroupsState, GroupEvent> withoutGenerations(Step<GroupsState, GroupEvent> step) {
        if (kind != Kind.GENERATIONS_NOT_RECORDED) {
            return step;
        }
        List<LogRecord> kept =
                step.records().stream()
                        .filter(record -> {
                            var read =
                                    GroupRecords.read(
                                            new StoredRecord(0, record.key(), record.value()));
                            return !(read instanceof GroupRecords.Content.Group group)
                                    || group.group() == null
                                    || !group.group().is(GroupState.COMPLETING_REBALANCE);
                        })
                        .toList();
        return new Step<>(step.state(), kept, step.answers(), step.signals(), step.producer());
    }
}
