package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.ClassicGroup.Generation;
import io.tombolo.coordinator.group.ClassicGroup.Pending;
import io.tombolo.coordinator.group.GroupCommand.Origin;
import io.tombolo.coordinator.group.GroupSettings.MigrationPolicy;
import io.tombolo.coordinator.group.Member.Timeouts;
import io.tombolo.coordinator.group.consumer.ClassicSpeech;
import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.Conversion;
import io.tombolo.coordinator.group.consumer.MovingMember;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Groups change their protocol while they have members (KIP-848); their offsets stay.
 *
 * <pre>
 * from     | to       | when
 * classic  | consumer | a member of the consumer protocol joins
 * consumer | classic  | nobody speaks the consumer protocol any more, and somebody is left
 * </pre>
 *
 * <p>A group without members becomes of the kind that its next member wants, whatever the policy.
 */
final class Migration {

    private final MigrationPolicy policy;
    private final int consumersMax;
    private final int classicMax;
    private final Rebalance rebalance;

    Migration(GroupSettings settings, Rebalance rebalance) {
        this.policy = settings.consumers().migration();
        this.consumersMax = settings.consumers().capacity().membersMax();
        this.classicMax = settings.membership().membersMax();
        this.rebalance = rebalance;
    }

    // ---- to the consumer protocol ----

    /** What a classic group becomes when a consumer joins; empty when it must stay as it is. */
    Optional<ConsumerGroup> upgraded(ClassicGroup classic, ClusterTopics topics) {
        if (classic.is(GroupState.EMPTY)) {
            return Optional.of(ConsumerGroup.empty(classic.id()));
        }
        boolean allowed =
                policy.upgrades()
                        && ClassicGroup.CONSUMER_PROTOCOL.equals(
                                classic.generation().protocolType())
                        && classic.roster().size() <= consumersMax;
        return allowed
                ? Conversion.toConsumers(
                        classic.id(), classic.generation().number(), moving(classic), topics)
                : Optional.empty();
    }

    private static List<MovingMember> moving(ClassicGroup classic) {
        var moving = new ArrayList<MovingMember>(classic.roster().size());
        for (Member member : classic.roster().all()) {
            moving.add(
                    new MovingMember(
                            member.id(),
                            member.instanceId(),
                            member.origin().clientId(),
                            member.origin().clientHost(),
                            member.timeouts().rebalanceMs(),
                            speech(member),
                            member.assignment()));
        }
        return moving;
    }

    private static ClassicSpeech speech(Member member) {
        var protocols = new ArrayList<ClassicSpeech.Protocol>(member.protocols().size());
        for (Member.Protocol protocol : member.protocols()) {
            protocols.add(new ClassicSpeech.Protocol(protocol.name(), protocol.metadata()));
        }
        return new ClassicSpeech(member.timeouts().sessionMs(), protocols);
    }

    /** Puts the consumer group in the place of the classic one; who waits has to join again. */
    void upgrade(Draft draft, ClassicGroup classic, ConsumerGroup group) {
        for (Member member : classic.roster().all()) {
            draft.answer(
                    member.join(),
                    Responses.joinRefused(member.id(), Errors.REBALANCE_IN_PROGRESS));
            draft.answer(member.sync(), Responses.syncRefused(Errors.REBALANCE_IN_PROGRESS));
        }
        for (String memberToBe : classic.pending().joins()) {
            draft.cancel(GroupAlarm.session(classic.id(), memberToBe));
        }
        draft.cancel(GroupAlarm.join(classic.id()));
        draft.cancel(GroupAlarm.sync(classic.id()));
        draft.remove(classic);
        if (!group.isEmpty()) {
            draft.store(group, Conversion.records(group));
            for (Member member : classic.roster().all()) {
                draft.restartSession(classic, member);
            }
        }
    }

    // ---- to the classic protocol ----

    /** A member is gone or speaks otherwise: perhaps it was the last of the consumer protocol. */
    void downgradeIfDue(Draft draft, String id) {
        ConsumerGroup group = draft.consumer(id);
        if (group != null) {
            downgrade(draft, group);
        }
    }

    /**
     * A static member comes back that speaks the classic protocol now: if all others do already,
     * the group becomes a classic one, with its old self as a member of it. Answers whether it has.
     */
    boolean downgradeWith(
            Draft draft, ConsumerGroup group, String instanceId, ClassicSpeech speech) {
        return Conversion.replacing(group, instanceId, speech)
                .map(replaced -> downgrade(draft, replaced))
                .orElse(false);
    }

    private boolean downgrade(Draft draft, ConsumerGroup group) {
        List<MovingMember> moving = Conversion.toClassic(group, draft.state().topics());
        if (moving.isEmpty() || !policy.downgrades() || moving.size() > classicMax) {
            return false;
        }
        Roster roster = Roster.EMPTY;
        for (MovingMember member : moving) {
            roster = roster.with(classic(member));
        }
        var generation =
                new Generation(
                        Conversion.generation(group),
                        ClassicGroup.CONSUMER_PROTOCOL,
                        roster.elected(),
                        moving.getFirst().id());
        draft.remove(group);
        ClassicGroup classic =
                draft.store(
                        new ClassicGroup(
                                group.id(),
                                GroupState.STABLE,
                                draft.nowMs(),
                                generation,
                                roster,
                                Pending.NOTHING));
        for (Member member : roster.all()) {
            draft.cancelAll(group.id(), member.id());
            draft.restartSession(classic, member);
        }
        rebalance.beginAfterRemoval(
                draft, classic, "the last member of the consumer protocol is gone");
        return true;
    }

    private static Member classic(MovingMember member) {
        var protocols = new ArrayList<Member.Protocol>();
        for (ClassicSpeech.Protocol protocol : member.speech().protocols()) {
            protocols.add(new Member.Protocol(protocol.name(), protocol.metadata()));
        }
        return new Member(
                member.id(),
                member.instanceId(),
                new Origin(member.clientId(), member.clientHost()),
                new Timeouts(member.speech().sessionMs(), member.rebalanceMs()),
                protocols,
                member.assignment(),
                false,
                null,
                null);
    }
}
