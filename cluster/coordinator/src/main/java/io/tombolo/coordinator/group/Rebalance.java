package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.ClassicGroup.Generation;
import io.tombolo.coordinator.group.ClassicGroup.Pending;
import io.tombolo.coordinator.group.GroupEvent.Emptied;
import io.tombolo.coordinator.group.GroupEvent.MemberExpired;
import io.tombolo.coordinator.group.GroupEvent.RebalanceStarted;

import org.apache.kafka.common.protocol.Errors;
import org.pcollections.TreePSet;

/** From one generation to the next: gathering the members, choosing protocol and leader. */
final class Rebalance {

    private final int initialDelayMs;

    /**
     * @param initialDelayMs how long the first rebalance of a group waits for more members
     */
    Rebalance(int initialDelayMs) {
        this.initialDelayMs = initialDelayMs;
    }

    /** Somebody joined, or joined again: starts a rebalance or brings the running one on. */
    void begin(Draft draft, ClassicGroup group, String reason) {
        if (group.canRebalance()) {
            prepare(draft, group, reason);
        } else {
            completeIfAllJoined(draft, group);
        }
    }

    /** Members are gone: their partitions have to be given to others. */
    void beginAfterRemoval(Draft draft, ClassicGroup group, String reason) {
        begin(draft, group, reason);
        recordRemoval(draft, group.id(), false);
    }

    /**
     * Records that members are gone and that the others must join again, once per rebalance: after
     * a failover the group must not look stable with partitions that nobody reads. Further members
     * that go during the same rebalance have no place in the next generation anyhow, except static
     * ones.
     */
    void recordRemoval(Draft draft, String groupId, boolean staticMember) {
        ClassicGroup group = draft.group(groupId);
        if (group != null
                && group.is(GroupState.PREPARING_REBALANCE)
                && group.generation().protocol() != null
                && (staticMember || !group.pending().removalRecorded())) {
            draft.store(group.with(group.pending().withRemovalRecorded()));
        }
    }

    /** Brings a running rebalance on, unless it is the first one, which takes its time. */
    void completeIfAllJoined(Draft draft, ClassicGroup group) {
        if (group.is(GroupState.PREPARING_REBALANCE)
                && !group.pending().initialRebalance()
                && group.allJoined()) {
            complete(draft, group);
        }
    }

    private void prepare(Draft draft, ClassicGroup group, String reason) {
        ClassicGroup preparing = group;
        if (group.is(GroupState.COMPLETING_REBALANCE)) {
            preparing = sendBack(draft, group);
        }
        draft.cancel(GroupAlarm.sync(group.id()));
        boolean first = group.is(GroupState.EMPTY);
        int patienceMs = preparing.roster().rebalanceTimeoutMs();
        Pending pending = preparing.pending().withSyncs(TreePSet.empty());
        pending =
                first
                        ? pending.delayed(Math.max(patienceMs - initialDelayMs, 0))
                        : pending.delayed(-1);
        preparing =
                draft.put(
                        preparing.with(pending).in(GroupState.PREPARING_REBALANCE, draft.nowMs()));
        draft.report(new RebalanceStarted(group.id(), group.generation().number(), reason));
        if (first) {
            draft.alarmIn(GroupAlarm.join(group.id()), initialDelayMs);
        } else if (preparing.allJoined()) {
            complete(draft, preparing);
        } else {
            draft.alarmIn(GroupAlarm.join(group.id()), patienceMs);
        }
    }

    /** Members that wait for their assignment have to join again. */
    private static ClassicGroup sendBack(Draft draft, ClassicGroup group) {
        ClassicGroup sentBack = group;
        for (Member member : group.roster().all()) {
            if (member.sync() != null) {
                draft.answer(member.sync(), Responses.syncRefused(Errors.REBALANCE_IN_PROGRESS));
                draft.restartSession(group, member);
            }
            sentBack = sentBack.with(member.assigned(Member.NOTHING));
        }
        return draft.put(sentBack);
    }

    /** Time is up for joining; the first rebalance is put off while members keep coming. */
    void joinTimeIsUp(Draft draft, ClassicGroup group) {
        if (!group.is(GroupState.PREPARING_REBALANCE)) {
            return;
        }
        Pending pending = group.pending();
        if (pending.memberAdded() && pending.initialRemainingMs() > 0) {
            int delayMs = Math.min(initialDelayMs, pending.initialRemainingMs());
            draft.put(group.with(pending.delayed(pending.initialRemainingMs() - delayMs)));
            draft.alarmIn(GroupAlarm.join(group.id()), delayMs);
        } else {
            complete(draft, group);
        }
    }

    /** Whoever has not joined is out, except static members; the others form a generation. */
    void complete(Draft draft, ClassicGroup group) {
        draft.cancel(GroupAlarm.join(group.id()));
        ClassicGroup gathered = group;
        for (Member absent : group.roster().dynamicAbsentees()) {
            gathered = gathered.without(absent.id());
            draft.cancel(GroupAlarm.session(group.id(), absent.id()));
            draft.report(new MemberExpired(group.id(), absent.id(), "did not join again in time"));
        }
        gathered = withJoinedLeader(gathered);
        if (gathered.roster().isEmpty()) {
            becomeEmpty(draft, gathered);
        } else if (gathered.roster().joinCount() == 0) {
            // Only static members that have not joined: until their sessions end, or they come.
            draft.put(gathered);
            draft.alarmIn(
                    GroupAlarm.join(group.id()),
                    Math.max(gathered.roster().rebalanceTimeoutMs(), 1));
        } else {
            startGeneration(draft, gathered);
        }
    }

    private static ClassicGroup withJoinedLeader(ClassicGroup group) {
        String leaderId = group.generation().leaderId();
        Member leader = leaderId == null ? null : group.roster().get(leaderId);
        Member joining = group.roster().firstJoining();
        return (leader != null && leader.awaitsJoin()) || joining == null
                ? group
                : group.with(group.generation().ledBy(joining.id()));
    }

    static void becomeEmpty(Draft draft, ClassicGroup group) {
        Generation last = group.generation();
        var next = new Generation(last.number() + 1, last.protocolType(), null, null);
        draft.store(
                group.with(next)
                        .with(Pending.NOTHING.withJoins(group.pending().joins()))
                        .in(GroupState.EMPTY, draft.nowMs()));
        draft.cancel(GroupAlarm.sync(group.id()));
        draft.report(new Emptied(group.id(), next.number()));
    }

    private static void startGeneration(Draft draft, ClassicGroup group) {
        Generation last = group.generation();
        var next =
                new Generation(
                        last.number() + 1,
                        last.protocolType(),
                        group.roster().elected(),
                        last.leaderId());
        ClassicGroup started = group.with(next);
        var syncs = TreePSet.<String>empty();
        for (Member member : group.roster().all()) {
            started = started.with(member.joined());
            syncs = syncs.plus(member.id());
            draft.restartSession(group, member);
        }
        started =
                draft.store(
                        started.with(
                                        Pending.NOTHING
                                                .withJoins(group.pending().joins())
                                                .withSyncs(syncs))
                                .in(GroupState.COMPLETING_REBALANCE, draft.nowMs()));
        draft.alarmIn(GroupAlarm.sync(group.id()), started.roster().rebalanceTimeoutMs());
        for (Member member : group.roster().all()) {
            boolean assigns = next.leads(member.id());
            draft.answer(member.join(), Responses.joined(started, member.id(), assigns));
        }
    }
}
