package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.ConsumerHeartbeat;
import io.tombolo.coordinator.group.GroupEvent.MemberExpired;
import io.tombolo.coordinator.group.consumer.ConsumerBeat;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerRules;
import io.tombolo.coordinator.group.consumer.ConsumerStep;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.function.ToIntFunction;

/** Members of consumer groups: what they say, and their silence. */
final class ConsumerMembers {

    private final ToIntFunction<String> sessionsMs;
    private final ConsumerRules rules;
    private final Migration migration;

    ConsumerMembers(
            GroupSettings.Consumers settings,
            ToIntFunction<String> sessionsMs,
            Migration migration) {
        this.migration = migration;
        this.sessionsMs = sessionsMs;
        this.rules = new ConsumerRules(settings.capacity());
    }

    void heartbeat(Draft draft, ConsumerHeartbeat command) {
        draft.know(command.beat().topics());
        ConsumerBeat beat = command.beat().with(draft.state().topics());
        String id = beat.request().groupId();
        ClassicGroup classic = draft.group(id);
        ConsumerGroup group = draft.consumer(id);
        if (classic != null) {
            boolean joins = beat.request().memberEpoch() == 0;
            group = joins ? migration.upgraded(classic, beat.topics()).orElse(null) : null;
            if (group == null) {
                draft.answer(command.ticket(), notConsumers(id));
                return;
            }
        }
        ConsumerStep step = rules.heartbeat(group, beat, draft.nowMs());
        if (step.response().errorCode() == Errors.NONE.code()) {
            if (classic != null && group != null) {
                migration.upgrade(draft, classic, group);
            }
            take(draft, id, step);
            keepSession(draft, step, command);
            if (step.gone() != null) {
                migration.downgradeIfDue(draft, id);
            }
        }
        draft.answer(command.ticket(), step.response());
    }

    private static void keepSession(Draft draft, ConsumerStep step, ConsumerHeartbeat command) {
        String id = command.beat().request().groupId();
        String alive = step.alive();
        if (alive != null) {
            draft.alarmIn(GroupAlarm.session(id, alive), command.sessionMs());
            draft.cancel(GroupAlarm.join(id, alive));
            draft.cancel(GroupAlarm.sync(id, alive));
            watchRevocation(draft, id, alive);
        }
    }

    private static ConsumerGroupHeartbeatResponseData notConsumers(String group) {
        return new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                .setErrorMessage("Group %s is not a consumer group.".formatted(group));
    }

    private static void take(Draft draft, String id, ConsumerStep step) {
        draft.take(step);
        String gone = step.gone();
        if (gone != null) {
            draft.cancelAll(id, gone);
        }
    }

    /** Sets or cancels the deadline for what a member has to let go of. */
    static void watchRevocation(Draft draft, String id, String member) {
        ConsumerGroup group = draft.consumer(id);
        GroupAlarm release = GroupAlarm.release(id, member);
        int timeoutMs = group == null ? -1 : group.revocationTimeoutMs(member);
        if (timeoutMs < 0) {
            draft.cancel(release);
        } else {
            draft.alarmAtLatestIn(release, timeoutMs);
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
                switch (due.kind()) {
                    case RELEASE -> "did not let go of its partitions in time";
                    case JOIN -> "did not join again in time";
                    case SYNC -> "did not ask for its assignment";
                    case SESSION, EXPIRY -> "session timed out";
                };
        draft.report(new MemberExpired(due.group(), due.member(), reason));
        migration.downgradeIfDue(draft, due.group());
    }

    /** Everybody has all the time again under the next coordinator. */
    void resume(Draft draft, ConsumerGroup group) {
        for (String member : group.members().keySet()) {
            long sessionMs = group.sessionMs(member).orElse(sessionsMs.applyAsInt(group.id()));
            draft.alarmIn(GroupAlarm.session(group.id(), member), sessionMs);
            int timeoutMs = group.revocationTimeoutMs(member);
            if (timeoutMs >= 0) {
                draft.alarmIn(GroupAlarm.release(group.id(), member), timeoutMs);
            }
        }
    }
}
