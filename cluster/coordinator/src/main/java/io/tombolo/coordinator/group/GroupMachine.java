package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupRecords.Content;
import io.tombolo.coordinator.group.PendingOffsets.Place;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerRecords;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.TransactionEnd;

import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/** The groups of one partition of the offsets topic as a state machine; pure. */
public final class GroupMachine implements StateMachine<GroupsState, GroupCommand, GroupEvent> {

    /** How long an alarm that writes more than the log takes is put off. */
    private static final long PUT_OFF_MS = 60_000;

    private final GroupSettings settings;
    private final Rebalance rebalance;
    private final JoinRules joins;
    private final MemberRules members;
    private final OffsetRules offsets;
    private final Sweeps sweeps;
    private final ConsumerMembers consumers;
    private final ClassicSpeakers speakers;

    /** With these limits for every group. */
    public GroupMachine(GroupSettings settings) {
        this(settings, _ -> Math.toIntExact(settings.consumers().session().toMillis()));
    }

    /**
     * @param sessionsMs how long members of a consumer group may be silent that were heard by the
     *     coordinator before, by the name of the group; those that are heard say it themselves
     */
    public GroupMachine(GroupSettings settings, ToIntFunction<String> sessionsMs) {
        this.settings = settings;
        var membership = settings.membership();
        this.rebalance =
                new Rebalance(Math.toIntExact(membership.initialRebalanceDelay().toMillis()));
        var migration = new Migration(settings, rebalance);
        this.speakers = new ClassicSpeakers(settings.consumers(), migration);
        this.joins = new JoinRules(rebalance, speakers, membership);
        this.members = new MemberRules(rebalance);
        this.offsets = new OffsetRules(settings.offsets());
        this.consumers = new ConsumerMembers(settings.consumers(), sessionsMs, migration);
        this.sweeps = new Sweeps(settings.offsets());
    }

    @Override
    public GroupsState initial() {
        return GroupsState.EMPTY;
    }

    @Override
    public GroupsState replay(GroupsState state, StoredRecord record) {
        return switch (GroupRecords.read(record)) {
            case Content.Group(var _, var group) when group != null -> state.with(group);
            case Content.Group(var id, var _) -> state.withoutGroup(id);
            case Content.Offset(var id, var topic, var partition, var offset)
                    when offset != null -> {
                GroupsState known = state.withGroupFor(id);
                yield record.transactional()
                        ? known.withPending(
                                record.producerId(), new Place(id, topic, partition), offset)
                        : known.withOffset(id, topic, partition, offset);
            }
            case Content.Offset(var id, var topic, var partition, var _) ->
                    state.withoutOffset(id, topic, partition);
            case Content.Consumer consumer -> replay(state, consumer);
            case Content.Unknown _ -> state;
        };
    }

    private static GroupsState replay(GroupsState state, Content.Consumer record) {
        ConsumerGroup known = state.consumers().get(record.id());
        if (known == null && record.value() == null) {
            return state;
        }
        ConsumerGroup after =
                ConsumerRecords.replay(
                        known == null ? ConsumerGroup.empty(record.id()) : known,
                        record.kind(),
                        record.key(),
                        record.value());
        return after == null ? state.withoutGroup(record.id()) : state.with(after);
    }

    @Override
    public GroupsState ended(GroupsState state, TransactionEnd end) {
        return state.ended(end.producerId(), end.committed());
    }

    @Override
    public Step<GroupsState, GroupEvent> loaded(GroupsState state, Moment now) {
        var draft = new Draft(state, now);
        draft.alarmIn(GroupAlarm.EXPIRY, settings.offsets().retentionCheck().toMillis());
        for (ClassicGroup group : state.groups().values()) {
            for (Member member : group.roster().all()) {
                draft.restartSession(group, member);
            }
            resume(draft, group);
        }
        state.consumers().values().forEach(group -> consumers.resume(draft, group));
        return draft.step();
    }

    private void resume(Draft draft, ClassicGroup group) {
        int patienceMs = group.roster().rebalanceTimeoutMs();
        switch (group.state()) {
            case EMPTY -> {}
            case PREPARING_REBALANCE -> draft.alarmIn(GroupAlarm.join(group.id()), patienceMs);
            case COMPLETING_REBALANCE -> draft.alarmIn(GroupAlarm.sync(group.id()), patienceMs);
            case STABLE -> {
                if (group.roster().size() > settings.membership().membersMax()) {
                    rebalance.begin(draft, group, "there are more members than allowed now");
                }
            }
        }
    }

    @Override
    public Step<GroupsState, GroupEvent> handle(
            GroupsState state, GroupCommand command, Moment now) {
        var draft = new Draft(state, now);
        switch (command) {
            case GroupCommand.Join join -> joins.join(draft, join);
            case GroupCommand.Sync sync -> sync(draft, sync);
            case GroupCommand.Beat beat -> heartbeat(draft, beat);
            case GroupCommand.ConsumerHeartbeat beat -> consumers.heartbeat(draft, beat);
            case GroupCommand.Leave leave -> leave(draft, leave);
            case GroupCommand.Commit commit -> offsets.commit(draft, commit);
            case GroupCommand.CommitInTransaction commit ->
                    offsets.commitInTransaction(draft, commit);
            case GroupCommand.FetchStable fetch ->
                    draft.answer(
                            fetch.ticket(), GroupQueries.stableOffsets(state, fetch.request()));
            case GroupCommand.DeleteOffsets delete -> offsets.delete(draft, delete);
            case GroupCommand.DeleteGroup delete -> offsets.deleteGroup(draft, delete);
            case GroupCommand.CommitMirrored commit -> offsets.commitMirrored(draft, commit);
            case GroupCommand.Clamp clamp -> sweeps.clamp(draft, clamp);
            case GroupCommand.ForgetTopic forget -> sweeps.forgetTopic(draft, forget);
        }
        return draft.step();
    }

    private void sync(Draft draft, GroupCommand.Sync sync) {
        ConsumerGroup group = draft.consumer(sync.request().groupId());
        if (group == null) {
            members.sync(draft, sync);
        } else {
            speakers.sync(draft, group, sync);
        }
    }

    private void heartbeat(Draft draft, GroupCommand.Beat beat) {
        ConsumerGroup group = draft.consumer(beat.request().groupId());
        if (group == null) {
            members.heartbeat(draft, beat);
        } else {
            speakers.heartbeat(draft, group, beat);
        }
    }

    private void leave(Draft draft, GroupCommand.Leave leave) {
        ConsumerGroup group = draft.consumer(leave.group());
        if (group == null) {
            members.leave(draft, leave);
        } else {
            speakers.leave(draft, group, leave);
        }
    }

    @Override
    public long nextAlarmNanos(GroupsState state) {
        return state.alarms().nextNanos();
    }

    @Override
    public Step<GroupsState, GroupEvent> alarm(GroupsState state, Moment now) {
        var draft = new Draft(state, now);
        GroupAlarm due = draft.takeDue();
        if (due != null) {
            ring(draft, due);
        }
        return draft.step();
    }

    /**
     * A classic group is one record: one that has outgrown the log loses its members, who join
     * again as far as there is room. What else is too large is tried again much later.
     */
    @Override
    public Step<GroupsState, GroupEvent> alarmTooLarge(GroupsState state, Moment now) {
        var draft = new Draft(state, now);
        GroupAlarm due = draft.takeDue();
        ClassicGroup outgrown = due == null ? null : draft.group(due.group());
        if (outgrown != null) {
            members.dissolve(draft, outgrown);
        } else if (due != null) {
            draft.alarmIn(due, PUT_OFF_MS);
        }
        return draft.step();
    }

    private void ring(Draft draft, GroupAlarm due) {
        if (draft.consumer(due.group()) != null) {
            consumers.timeIsUp(draft, due);
            return;
        }
        switch (due.kind()) {
            case RELEASE -> {} // the group has become a classic one
            case SESSION ->
                    forGroup(
                            draft,
                            due,
                            (present, group) ->
                                    members.sessionIsOver(present, group, due.member()));
            case JOIN -> forGroup(draft, due, rebalance::joinTimeIsUp);
            case SYNC -> forGroup(draft, due, members::syncTimeIsUp);
            case EXPIRY -> sweeps.expire(draft);
        }
    }

    private static void forGroup(
            Draft draft, GroupAlarm due, BiConsumer<Draft, ClassicGroup> rule) {
        ClassicGroup group = draft.group(due.group());
        if (group != null) {
            rule.accept(draft, group);
        }
    }
}
