package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.ConsumerHeartbeat;
import io.tombolo.coordinator.group.GroupEvent.MemberExpired;
import io.tombolo.coordinator.group.consumer.ConsumerBeat;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerRules;
import io.tombolo.coordinator.group.consumer.ConsumerStep;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Members of consumer groups: what they say, and their silence. */
final class ConsumerMembers {

    private final GroupSettings.Consumers settings;
    private final ConsumerRules rules;

    ConsumerMembers(GroupSettings.Consumers settings) {
        this.settings = settings;
        this.rules = new ConsumerRules(settings.membersMax());
    }

    void heartbeat(Draft draft, ConsumerHeartbeat command) {
        draft.know(command.beat().topics());
        ConsumerBeat beat = command.beat().with(draft.state().topics());
        String id = beat.request().groupId();
        ClassicGroup classic = draft.group(id);
        boolean joins = beat.request().memberEpoch() == 0;
        if (classic != null && !(joins && classic.is(GroupState.EMPTY))) {
            draft.answer(command.ticket(), notConsumers(id));
            return;
        }
        ConsumerStep step = rules.heartbeat(draft.consumer(id), beat, draft.nowMs());
        if (step.response().errorCode() != Errors.NONE.code()) {
            draft.answer(command.ticket(), step.response());
            return;
        }
        if (classic != null) {
            forget(draft, classic);
        }
        take(draft, id, step);
        String alive = step.alive();
        if (alive != null) {
            draft.alarmIn(GroupAlarm.session(id, alive), command.sessionMs());
            watchRevocation(draft, id, alive, step);
        }
        draft.answer(command.ticket(), step.response());
    }

    private static ConsumerGroupHeartbeatResponseData notConsumers(String group) {
        return new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                .setErrorMessage("Group %s is not a consumer group.".formatted(group));
    }

    /** An empty classic group becomes one of consumers; its offsets stay. */
    private static void forget(Draft draft, ClassicGroup classic) {
        for (String memberToBe : classic.pending().joins()) {
            draft.cancel(GroupAlarm.session(classic.id(), memberToBe));
        }
        draft.remove(classic);
    }

    private static void take(Draft draft, String id, ConsumerStep step) {
        draft.take(step);
        String gone = step.gone();
        if (gone != null) {
            draft.cancel(GroupAlarm.session(id, gone));
            draft.cancel(GroupAlarm.release(id, gone));
        }
    }

    private static void watchRevocation(Draft draft, String id, String member, ConsumerStep step) {
        GroupAlarm release = GroupAlarm.release(id, member);
        int timeoutMs = step.revocationTimeoutMs(member);
        if (timeoutMs < 0) {
            draft.cancel(release);
        } else if (draft.state().alarms().dueNanos(release) == Long.MAX_VALUE) {
            draft.alarmIn(release, timeoutMs);
        }
    }

    void timeIsUp(Draft draft, GroupAlarm due) {
        ConsumerGroup group = draft.consumer(due.group());
        if (group == null || !group.members().containsKey(due.member())) {
            return;
        }
        take(
                draft,
                due.group(),
                rules.expire(group, due.member(), draft.state().topics(), draft.nowMs()));
        String reason =
                due.kind() == GroupAlarm.Kind.SESSION
                        ? "session timed out"
                        : "did not let go of its partitions in time";
        draft.report(new MemberExpired(due.group(), due.member(), reason));
    }

    /** Everybody has all the time again under the next coordinator. */
    void resume(Draft draft, ConsumerGroup group) {
        for (String member : group.members().keySet()) {
            draft.alarmIn(GroupAlarm.session(group.id(), member), settings.session().toMillis());
            int timeoutMs = group.revocationTimeoutMs(member);
            if (timeoutMs >= 0) {
                draft.alarmIn(GroupAlarm.release(group.id(), member), timeoutMs);
            }
        }
    }
}
