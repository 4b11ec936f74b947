package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.consumer.Subscription;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One group of the classic protocol; an immutable value. A group that only stores offsets is one
 * without members and without a protocol type.
 *
 * <pre>
 * state                | goes on when                                       | to
 * EMPTY                | a member joins                                     | PREPARING_REBALANCE
 * PREPARING_REBALANCE  | all members joined, or time is up: some are there  | COMPLETING_REBALANCE
 *                      | time is up and nobody is there                     | EMPTY
 * COMPLETING_REBALANCE | the leader assigned                                | STABLE
 *                      | a member joins anew, leaves or falls silent        | PREPARING_REBALANCE
 * STABLE               | a member joins anew, leaves or falls silent        | PREPARING_REBALANCE
 * </pre>
 *
 * @param stateSinceMs wall time of the last change of state, −1 when unknown
 * @param pending ids and deadlines of the phase the group is in; never stored
 */
record ClassicGroup(
        String id,
        GroupState state,
        long stateSinceMs,
        Generation generation,
        Roster roster,
        Pending pending) {

    /** The protocol type of ordinary consumers, whose metadata names the topics they read. */
    static final String CONSUMER_PROTOCOL = "consumer";

    /**
     * What the members of one rebalance agree on.
     *
     * @param protocolType null before anybody joined
     * @param protocol null while the group is empty
     * @param leaderId null while the group is empty
     */
    record Generation(
            int number,
            @Nullable String protocolType,
            @Nullable String protocol,
            @Nullable String leaderId) {

        static final Generation NONE = new Generation(0, null, null, null);

        Generation ofType(@Nullable String type) {
            return new Generation(number, type, protocol, leaderId);
        }

        Generation ledBy(@Nullable String memberId) {
            return new Generation(number, protocolType, protocol, memberId);
        }

        boolean leads(String memberId) {
            return memberId.equals(leaderId);
        }
    }

    /**
     * What a phase waits for.
     *
     * @param joins ids handed out to members that have not used them yet
     * @param syncs members that have not asked for their assignment in this generation
     * @param initialRemainingMs how much longer the first rebalance may be put off; −1 when this is
     *     not the first rebalance
     * @param memberAdded somebody joined since the first rebalance was put off last
     * @param removalRecorded it is recorded that members are being gathered because others are gone
     */
    record Pending(
            TreePSet<String> joins,
            TreePSet<String> syncs,
            int initialRemainingMs,
            boolean memberAdded,
            boolean removalRecorded) {

        static final Pending NOTHING =
                new Pending(TreePSet.empty(), TreePSet.empty(), -1, false, false);

        Pending withJoins(TreePSet<String> others) {
            return new Pending(others, syncs, initialRemainingMs, memberAdded, removalRecorded);
        }

        Pending withSyncs(TreePSet<String> others) {
            return new Pending(joins, others, initialRemainingMs, memberAdded, removalRecorded);
        }

        Pending delayed(int remainingMs) {
            return new Pending(joins, syncs, remainingMs, false, removalRecorded);
        }

        Pending withMemberAdded() {
            return new Pending(joins, syncs, initialRemainingMs, true, removalRecorded);
        }

        Pending withRemovalRecorded() {
            return new Pending(joins, syncs, initialRemainingMs, memberAdded, true);
        }

        boolean initialRebalance() {
            return initialRemainingMs >= 0;
        }
    }

    /** A group nobody has joined yet. */
    static ClassicGroup empty(String id) {
        return new ClassicGroup(
                id, GroupState.EMPTY, -1, Generation.NONE, Roster.EMPTY, Pending.NOTHING);
    }

    // ---- questions ----

    boolean is(GroupState wanted) {
        return state == wanted;
    }

    boolean canRebalance() {
        return state != GroupState.PREPARING_REBALANCE;
    }

    String protocolTypeOrEmpty() {
        String type = generation.protocolType;
        return type == null ? "" : type;
    }

    /** Everybody who was ever given an id has joined. */
    boolean allJoined() {
        return roster.allJoin() && pending.joins.isEmpty();
    }

    /** Whether a member with these protocols can work with all others. */
    boolean supports(String protocolType, List<Member.Protocol> protocols) {
        if (state == GroupState.EMPTY) {
            return !protocolType.isEmpty() && !protocols.isEmpty();
        }
        return protocolType.equals(generation.protocolType) && roster.allSupportOneOf(protocols);
    }

    /** Whether this is a member, and the current holder of its instance id. */
    Errors checkMember(String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String holder = roster.idOf(instanceId);
            if (holder == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            if (!holder.equals(memberId)) {
                return Errors.FENCED_INSTANCE_ID;
            }
        }
        return roster.has(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    /** Whether there is room; joiners count first come, first served while members gather. */
    boolean accepts(String memberId, int membersMax) {
        return switch (state) {
            case EMPTY -> true;
            case PREPARING_REBALANCE -> {
                Member member = roster.get(memberId);
                yield (member != null && member.awaitsJoin()) || roster.joinCount() < membersMax;
            }
            case COMPLETING_REBALANCE, STABLE -> roster.has(memberId) || roster.size() < membersMax;
        };
    }

    /**
     * The topics its members read; empty when that cannot be known, because they are no consumers
     * or speak a dialect.
     */
    Optional<Set<String>> subscribedTopics() {
        if (!CONSUMER_PROTOCOL.equals(generation.protocolType)) {
            return Optional.empty();
        }
        var topics = new TreeSet<String>();
        for (Member member : roster.all()) {
            var read = Subscription.topics(member.metadata(generation.protocol));
            if (read.isEmpty()) {
                return Optional.empty();
            }
            topics.addAll(read.get());
        }
        return Optional.of(topics);
    }

    /** Whether its offsets of a topic are in use; when in doubt they are. */
    boolean reads(String topic) {
        return subscribedTopics()
                .map(topics -> topics.contains(topic))
                .orElse(CONSUMER_PROTOCOL.equals(generation.protocolType));
    }

    // ---- changes ----

    ClassicGroup in(GroupState next, long nowMs) {
        return new ClassicGroup(id, next, nowMs, generation, roster, pending);
    }

    ClassicGroup with(Generation next) {
        return new ClassicGroup(id, state, stateSinceMs, next, roster, pending);
    }

    ClassicGroup with(Pending next) {
        return new ClassicGroup(id, state, stateSinceMs, generation, roster, next);
    }

    ClassicGroup with(Roster next) {
        return new ClassicGroup(id, state, stateSinceMs, generation, next, pending);
    }

    /** With this member, instead of the one of the same id. */
    ClassicGroup with(Member member) {
        return with(roster.with(member));
    }

    /** A member more; the first one sets the protocol type and leads. */
    ClassicGroup added(Member member, String protocolType) {
        Generation next = roster.isEmpty() ? generation.ofType(protocolType) : generation;
        if (next.leaderId == null) {
            next = next.ledBy(member.id());
        }
        return with(next).with(member).with(pending.withJoins(pending.joins.minus(member.id())));
    }

    /** Without a member or member to be; another one leads if it led. */
    ClassicGroup without(String memberId) {
        Roster rest = roster.without(memberId);
        Generation next = generation;
        if (generation.leads(memberId)) {
            next = generation.ledBy(rest.isEmpty() ? null : rest.all().iterator().next().id());
        }
        return with(rest)
                .with(next)
                .with(
                        pending.withJoins(pending.joins.minus(memberId))
                                .withSyncs(pending.syncs.minus(memberId)));
    }

    /** A static member under the id it got after its restart. */
    ClassicGroup renamed(Member old, String newId) {
        Generation next = generation.leads(old.id()) ? generation.ledBy(newId) : generation;
        TreePSet<String> syncs = pending.syncs;
        if (syncs.contains(old.id())) {
            syncs = syncs.minus(old.id()).plus(newId);
        }
        return with(roster.without(old.id()).with(old.renamed(newId)))
                .with(next)
                .with(pending.withSyncs(syncs));
    }
}
