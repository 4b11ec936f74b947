package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Beat;
import io.tombolo.coordinator.group.GroupCommand.Leave;
import io.tombolo.coordinator.group.GroupCommand.Sync;
import io.tombolo.coordinator.group.GroupEvent.MemberExpired;
import io.tombolo.coordinator.group.GroupEvent.Stabilized;

import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** What members do once they have joined: SyncGroup, Heartbeat, LeaveGroup; and their silence. */
final class MemberRules {

    private final Rebalance rebalance;

    MemberRules(Rebalance rebalance) {
        this.rebalance = rebalance;
    }

    // ---- SyncGroup ----

    void sync(Draft draft, Sync sync) {
        ClassicGroup group = draft.group(sync.request().groupId());
        Errors error = group == null ? Errors.UNKNOWN_MEMBER_ID : check(group, sync.request());
        Member member = group == null ? null : group.roster().get(sync.request().memberId());
        if (error != Errors.NONE || group == null || member == null) {
            draft.answer(sync.ticket(), Responses.syncRefused(error));
            return;
        }
        switch (group.state()) {
            case EMPTY ->
                    draft.answer(sync.ticket(), Responses.syncRefused(Errors.UNKNOWN_MEMBER_ID));
            case PREPARING_REBALANCE ->
                    draft.answer(
                            sync.ticket(), Responses.syncRefused(Errors.REBALANCE_IN_PROGRESS));
            case COMPLETING_REBALANCE -> awaitAssignment(draft, sync, group, member);
            case STABLE -> {
                synced(draft, group, member.id());
                draft.answer(sync.ticket(), Responses.synced(group, member));
            }
        }
    }

    private static Errors check(ClassicGroup group, SyncGroupRequestData request) {
        Errors error = group.checkMember(request.memberId(), request.groupInstanceId());
        if (error != Errors.NONE) {
            return error;
        }
        if (request.generationId() != group.generation().number()) {
            return Errors.ILLEGAL_GENERATION;
        }
        boolean consistent =
                agrees(request.protocolType(), group.generation().protocolType())
                        && agrees(request.protocolName(), group.generation().protocol());
        return consistent ? Errors.NONE : Errors.INCONSISTENT_GROUP_PROTOCOL;
    }

    private static boolean agrees(@Nullable String said, @Nullable String known) {
        return said == null || known == null || said.equals(known);
    }

    private static void awaitAssignment(Draft draft, Sync sync, ClassicGroup group, Member member) {
        draft.answer(member.sync(), Responses.syncRefused(Errors.REBALANCE_IN_PROGRESS));
        ClassicGroup waiting = draft.put(group.with(member.syncing(sync.ticket())));
        waiting = synced(draft, waiting, member.id());
        if (group.generation().leads(member.id())) {
            assign(draft, waiting, sync.request());
        }
    }

    /** The leader has assigned: the generation is stable. */
    private static void assign(Draft draft, ClassicGroup group, SyncGroupRequestData request) {
        Map<String, byte[]> assignments = new TreeMap<>();
        for (var given : request.assignments()) {
            assignments.put(given.memberId(), given.assignment());
        }
        ClassicGroup assigned = group;
        for (Member member : group.roster().all()) {
            Member served = member.assigned(assignments.getOrDefault(member.id(), Member.NOTHING));
            assigned = assigned.with(served);
        }
        assigned = draft.store(assigned.in(GroupState.STABLE, draft.nowMs()));
        for (Member member : group.roster().all()) {
            Member served = assigned.roster().get(member.id());
            if (member.sync() != null && served != null) {
                draft.answer(member.sync(), Responses.synced(assigned, served));
                draft.restartSession(assigned, served);
            }
        }
        draft.report(
                new Stabilized(group.id(), group.generation().number(), assigned.roster().size()));
    }

    private static ClassicGroup synced(Draft draft, ClassicGroup group, String memberId) {
        var rest = group.pending().syncs().minus(memberId);
        if (rest.isEmpty()) {
            draft.cancel(GroupAlarm.sync(group.id()));
        }
        return draft.put(group.with(group.pending().withSyncs(rest)));
    }

    /** Members that were told their generation but never asked for their assignment are out. */
    void syncTimeIsUp(Draft draft, ClassicGroup group) {
        boolean rebalanced = group.is(GroupState.EMPTY) || group.is(GroupState.PREPARING_REBALANCE);
        if (rebalanced || group.pending().syncs().isEmpty()) {
            return;
        }
        ClassicGroup rest = group;
        for (String silent : group.pending().syncs()) {
            rest = rest.without(silent);
            draft.cancel(GroupAlarm.session(group.id(), silent));
            draft.report(new MemberExpired(group.id(), silent, "did not ask for its assignment"));
        }
        rebalance.beginAfterRemoval(draft, draft.put(rest), "members did not sync");
    }

    // ---- Heartbeat ----

    void heartbeat(Draft draft, Beat beat) {
        draft.answer(
                beat.ticket(), new HeartbeatResponseData().setErrorCode(alive(draft, beat).code()));
    }

    private static Errors alive(Draft draft, Beat beat) {
        ClassicGroup group = draft.group(beat.request().groupId());
        if (group == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error =
                group.checkMember(beat.request().memberId(), beat.request().groupInstanceId());
        Member member = group.roster().get(beat.request().memberId());
        if (error != Errors.NONE || member == null) {
            return error;
        }
        if (beat.request().generationId() != group.generation().number()) {
            return Errors.ILLEGAL_GENERATION;
        }
        draft.restartSession(group, member);
        return group.is(GroupState.PREPARING_REBALANCE)
                ? Errors.REBALANCE_IN_PROGRESS
                : Errors.NONE;
    }

    // ---- LeaveGroup ----

    void leave(Draft draft, Leave leave) {
        var results = new ArrayList<MemberResponse>();
        boolean removed = false;
        boolean staticRemoved = false;
        for (MemberIdentity identity : leave.members()) {
            ClassicGroup group = draft.group(leave.group());
            Errors error =
                    group == null ? Errors.UNKNOWN_MEMBER_ID : leaves(draft, group, identity);
            removed |= error == Errors.NONE;
            staticRemoved |= error == Errors.NONE && identity.groupInstanceId() != null;
            results.add(
                    new MemberResponse()
                            .setMemberId(identity.memberId())
                            .setGroupInstanceId(identity.groupInstanceId())
                            .setErrorCode(error.code()));
        }
        draft.answer(leave.ticket(), new LeaveGroupResponseData().setMembers(results));
        ClassicGroup left = draft.group(leave.group());
        if (removed && left != null) {
            goOnWithout(draft, left, staticRemoved);
        }
    }

    private void goOnWithout(Draft draft, ClassicGroup group, boolean staticRemoved) {
        switch (group.state()) {
            case EMPTY -> {}
            case PREPARING_REBALANCE -> {
                rebalance.completeIfAllJoined(draft, group);
                rebalance.recordRemoval(draft, group.id(), staticRemoved);
            }
            case COMPLETING_REBALANCE, STABLE ->
                    rebalance.beginAfterRemoval(draft, group, "members left");
        }
    }

    private static Errors leaves(Draft draft, ClassicGroup group, MemberIdentity identity) {
        if (identity.memberId().isEmpty()) {
            // An administrator removes a static member by its instance id.
            String instanceId = identity.groupInstanceId();
            String holder = instanceId == null ? null : group.roster().idOf(instanceId);
            if (holder == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            remove(draft, group, holder);
            return Errors.NONE;
        }
        boolean toBe = group.pending().joins().contains(identity.memberId());
        Errors error =
                toBe
                        ? Errors.NONE
                        : group.checkMember(identity.memberId(), identity.groupInstanceId());
        if (error == Errors.NONE) {
            remove(draft, group, identity.memberId());
        }
        return error;
    }

    private static ClassicGroup remove(Draft draft, ClassicGroup group, String memberId) {
        Member member = group.roster().get(memberId);
        if (member != null) {
            draft.answer(member.join(), Responses.joinRefused("", Errors.UNKNOWN_MEMBER_ID));
            draft.answer(member.sync(), Responses.syncRefused(Errors.UNKNOWN_MEMBER_ID));
        }
        draft.cancel(GroupAlarm.session(group.id(), memberId));
        return draft.put(group.without(memberId));
    }

    /** Its record would be too large for the log: all members have to join again. */
    void dissolve(Draft draft, ClassicGroup group) {
        ClassicGroup rest = group;
        for (String memberId : group.roster().ids()) {
            rest = remove(draft, rest, memberId);
            draft.report(new MemberExpired(group.id(), memberId, "the group is too large"));
        }
        draft.cancel(GroupAlarm.join(group.id()));
        Rebalance.becomeEmpty(draft, rest);
    }

    // ---- silence ----

    void sessionIsOver(Draft draft, ClassicGroup group, String memberId) {
        Member member = group.roster().get(memberId);
        boolean toBe = group.pending().joins().contains(memberId);
        if (toBe) {
            ClassicGroup rest = draft.put(group.without(memberId));
            completeIfAllJoined(draft, rest);
        } else if (member != null && !member.excusedFromHeartbeats()) {
            ClassicGroup rest = remove(draft, group, memberId);
            draft.report(new MemberExpired(group.id(), memberId, "session timed out"));
            if (rest.is(GroupState.PREPARING_REBALANCE)) {
                completeIfAllJoined(draft, rest);
                rebalance.recordRemoval(draft, group.id(), member.isStatic());
            } else {
                rebalance.beginAfterRemoval(
                        draft, rest, "session of member " + memberId + " timed out");
            }
        }
    }

    /** Nobody is left to wait for; also the first rebalance then need not take its time. */
    private void completeIfAllJoined(Draft draft, ClassicGroup group) {
        if (group.is(GroupState.PREPARING_REBALANCE) && group.allJoined()) {
            rebalance.complete(draft, group);
        }
    }
}
