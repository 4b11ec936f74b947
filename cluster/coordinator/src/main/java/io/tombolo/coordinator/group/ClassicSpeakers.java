package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.Beat;
import io.tombolo.coordinator.group.GroupCommand.Join;
import io.tombolo.coordinator.group.GroupCommand.Leave;
import io.tombolo.coordinator.group.GroupCommand.Sync;
import io.tombolo.coordinator.group.consumer.ClassicRules;
import io.tombolo.coordinator.group.consumer.ClassicRules.Joining;
import io.tombolo.coordinator.group.consumer.ClassicSpeech;
import io.tombolo.coordinator.group.consumer.ClassicTurn;
import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;

import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;

/** Members of consumer groups that speak the classic protocol: what they say, and deadlines. */
final class ClassicSpeakers {

    private final ClassicRules rules;
    private final Migration migration;

    ClassicSpeakers(GroupSettings.Consumers settings, Migration migration) {
        this.rules = new ClassicRules(settings.capacity());
        this.migration = migration;
    }

    /** Answers whether the join has made the group a classic one; then it is not carried out. */
    boolean goesClassic(Draft draft, ConsumerGroup group, Join join) {
        String instanceId = join.request().groupInstanceId();
        ClassicSpeech speech = speech(join.request());
        draft.know(join.topics());
        return instanceId != null
                && join.request().memberId().isEmpty()
                && isOfConsumers(join.request())
                && migration.downgradeWith(draft, group, instanceId, speech);
    }

    void join(Draft draft, ConsumerGroup group, Join join) {
        draft.know(join.topics());
        JoinGroupRequestData request = join.request();
        if (!isOfConsumers(request)) {
            draft.answer(
                    join.ticket(),
                    Responses.joinRefused(request.memberId(), Errors.INCONSISTENT_GROUP_PROTOCOL));
            return;
        }
        Joining joining = joining(join);
        ClassicTurn turn = rules.join(group, joining, draft.state().topics(), draft.nowMs());
        if (turn.error() != Errors.NONE) {
            draft.answer(join.ticket(), Responses.joinRefused(turn.member(), turn.error()));
            return;
        }
        take(draft, turn);
        draft.alarmIn(GroupAlarm.session(group.id(), turn.member()), joining.speech().sessionMs());
        draft.cancel(GroupAlarm.join(group.id(), turn.member()));
        draft.alarmIn(GroupAlarm.sync(group.id(), turn.member()), joining.rebalanceMs());
        ConsumerMembers.watchRevocation(draft, group.id(), turn.member());
        draft.answer(
                join.ticket(),
                new JoinGroupResponseData()
                        .setMemberId(turn.member())
                        .setGenerationId(turn.generation())
                        .setProtocolType(ClassicGroup.CONSUMER_PROTOCOL)
                        .setProtocolName(joining.speech().protocol())
                        .setLeader(""));
    }

    private static boolean isOfConsumers(JoinGroupRequestData request) {
        return ClassicGroup.CONSUMER_PROTOCOL.equals(request.protocolType())
                && !request.protocols().isEmpty();
    }

    private static Joining joining(Join join) {
        JoinGroupRequestData request = join.request();
        return new Joining(
                request.memberId(),
                request.groupInstanceId(),
                join.version() >= JoinRules.VERSION_ID_REQUIRED,
                join.newMemberId(),
                join.origin().clientId(),
                join.origin().clientHost(),
                JoinRules.timeouts(request).rebalanceMs(),
                speech(request));
    }

    private static ClassicSpeech speech(JoinGroupRequestData request) {
        var protocols = new ArrayList<ClassicSpeech.Protocol>();
        for (Member.Protocol protocol : JoinRules.protocols(request)) {
            protocols.add(new ClassicSpeech.Protocol(protocol.name(), protocol.metadata()));
        }
        return new ClassicSpeech(request.sessionTimeoutMs(), protocols);
    }

    private static void take(Draft draft, ClassicTurn turn) {
        draft.store(turn.group(), turn.records());
        String gone = turn.gone();
        if (gone != null) {
            draft.cancelAll(turn.group().id(), gone);
        }
    }

    void sync(Draft draft, ConsumerGroup group, Sync sync) {
        draft.know(sync.topics());
        var request = sync.request();
        boolean otherType =
                request.protocolType() != null
                        && !ClassicGroup.CONSUMER_PROTOCOL.equals(request.protocolType());
        Errors error =
                rules.checkSync(
                        group,
                        request.memberId(),
                        request.groupInstanceId(),
                        request.generationId(),
                        otherType ? "" : request.protocolName());
        if (error == Errors.REBALANCE_IN_PROGRESS) {
            expectJoin(draft, group, request.memberId());
        }
        if (error != Errors.NONE) {
            draft.answer(sync.ticket(), Responses.syncRefused(error));
            return;
        }
        ClusterTopics topics = draft.state().topics();
        draft.cancel(GroupAlarm.sync(group.id(), request.memberId()));
        restartSession(draft, group, request.memberId());
        draft.answer(
                sync.ticket(),
                new SyncGroupResponseData()
                        .setProtocolType(request.protocolType())
                        .setProtocolName(request.protocolName())
                        .setAssignment(rules.assignment(group, request.memberId(), topics)));
    }

    private static void restartSession(Draft draft, ConsumerGroup group, String memberId) {
        group.sessionMs(memberId)
                .ifPresent(ms -> draft.alarmIn(GroupAlarm.session(group.id(), memberId), ms));
    }

    private static void expectJoin(Draft draft, ConsumerGroup group, String memberId) {
        draft.alarmAtLatestIn(GroupAlarm.join(group.id(), memberId), group.rebalanceMs(memberId));
    }

    void heartbeat(Draft draft, ConsumerGroup group, Beat beat) {
        draft.know(beat.topics());
        var request = beat.request();
        ClassicTurn turn =
                rules.beat(
                        group,
                        request.memberId(),
                        request.groupInstanceId(),
                        request.generationId(),
                        draft.state().topics(),
                        draft.nowMs());
        if (turn.error() == Errors.NONE || turn.error() == Errors.REBALANCE_IN_PROGRESS) {
            take(draft, turn);
            restartSession(draft, turn.group(), request.memberId());
        }
        if (turn.error() == Errors.REBALANCE_IN_PROGRESS) {
            expectJoin(draft, turn.group(), request.memberId());
        }
        draft.answer(beat.ticket(), new HeartbeatResponseData().setErrorCode(turn.error().code()));
    }

    void leave(Draft draft, ConsumerGroup group, Leave leave) {
        var results = new ArrayList<MemberResponse>();
        ConsumerGroup left = group;
        for (MemberIdentity identity : leave.members()) {
            ClassicTurn turn =
                    rules.leave(
                            left,
                            identity.memberId(),
                            identity.groupInstanceId(),
                            draft.state().topics(),
                            draft.nowMs());
            if (turn.error() == Errors.NONE) {
                take(draft, turn);
                left = turn.group();
            }
            results.add(
                    new MemberResponse()
                            .setMemberId(identity.memberId())
                            .setGroupInstanceId(identity.groupInstanceId())
                            .setErrorCode(turn.error().code()));
        }
        draft.answer(leave.ticket(), new LeaveGroupResponseData().setMembers(results));
        migration.downgradeIfDue(draft, group.id());
    }
}
