package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.group.consumer.ConsumerMember.Progress;
import io.tombolo.coordinator.runtime.LogRecord;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One consumer group; an immutable value.
 *
 * <pre>
 * the group's epoch grows     | with each change of members, subscriptions or subscribed topics
 * the target's epoch follows  | a heartbeat of any member computes a target for the newest epoch
 * each member's epoch follows | its own heartbeats, as soon as it has let go of what is not its any more
 * </pre>
 *
 * @param now the epoch that the group is in
 * @param topicsVersion of the topics that were looked at last, −1 for none; not stored
 * @param members by id
 * @param targetEpoch −1 when no target was ever computed
 * @param targets by member
 * @param owners which member owns a partition, assigned or not let go of yet; follows from the
 *     members
 * @param patterns topics by regular expression
 */
public record ConsumerGroup(
        String id,
        GroupEpoch now,
        long topicsVersion,
        TreePMap<String, ConsumerMember> members,
        int targetEpoch,
        TreePMap<String, Assignment> targets,
        TreePMap<Uuid, TreePMap<Integer, String>> owners,
        TreePMap<String, Resolved> patterns) {

    /** With how many sets of names of the same length one is compared. */
    private static final int SHARING_LOOKS_MAX = 4;

    /**
     * What a group takes. What its members say of themselves is kept in memory and told, all at
     * once, to whoever has the group described.
     *
     * @param membersMax {@code group.consumer.max.size}
     * @param wishLengthMax how many characters the topics, patterns and protocols of all its
     *     members may have
     */
    public record Capacity(int membersMax, long wishLengthMax) {

        /** Whether there is room for one more member. */
        boolean takesAnother(ConsumerGroup group) {
            return group.members.size() < membersMax;
        }

        /**
         * Whether there is room for what a member says. Who says nothing new or less is never
         * refused.
         *
         * @param present what it said before; null when it is new
         */
        boolean takes(ConsumerGroup group, @Nullable ConsumerMember present, ConsumerMember told) {
            long more = told.wishLength() - (present == null ? 0 : present.wishLength());
            return more <= 0 || group.wishLength() + more <= wishLengthMax;
        }
    }

    /** The topics that a regular expression was found to mean. */
    record Resolved(TreePSet<String> topics, long version, long atMs) {}

    /** How a group is called in lists. */
    public enum State {
        EMPTY("Empty"),
        ASSIGNING("Assigning"),
        RECONCILING("Reconciling"),
        STABLE("Stable");

        private final String label;

        State(String label) {
            this.label = label;
        }

        /** As Kafka's tools show it. */
        public String label() {
            return label;
        }
    }

    /** A group nobody has joined yet. */
    public static ConsumerGroup empty(String id) {
        return new ConsumerGroup(
                id,
                GroupEpoch.FIRST,
                -1,
                TreePMap.empty(),
                -1,
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty());
    }

    // ---- questions ----

    /** Grows with each change of members, subscriptions or subscribed topics. */
    public int epoch() {
        return now.number();
    }

    /** Where the group stands. */
    public State state() {
        if (members.isEmpty()) {
            return State.EMPTY;
        }
        if (epoch() > targetEpoch) {
            return State.ASSIGNING;
        }
        for (ConsumerMember member : members.values()) {
            if (member.epoch() != targetEpoch || member.progress() != Progress.STABLE) {
                return State.RECONCILING;
            }
        }
        return State.STABLE;
    }

    /** Whether nobody is a member. */
    public boolean isEmpty() {
        return members.isEmpty();
    }

    /**
     * Since when a position of the group has not been in use: nobody is a member, and nobody has
     * committed it.
     *
     * @param commitMs when it was committed; both in milliseconds since the Unix epoch
     */
    public long idleSinceMs(long commitMs) {
        return isEmpty() ? Math.max(commitMs, now.emptySinceMs()) : commitMs;
    }

    /** Whether any member reads the topic. */
    public boolean reads(String topic) {
        for (ConsumerMember member : members.values()) {
            if (topicsOf(member).contains(topic)) {
                return true;
            }
        }
        return false;
    }

    /** The topics a member reads, by name and by pattern, whether they exist or not. */
    SortedSet<String> topicsOf(ConsumerMember member) {
        Resolved resolved = patterns.get(member.wish().regexOrEmpty());
        if (resolved == null || resolved.topics.isEmpty()) {
            return member.wish().names().set();
        }
        var topics = new TreeSet<>(member.wish().names().set());
        topics.addAll(resolved.topics);
        return topics;
    }

    /** All topics that anybody reads. */
    SortedSet<String> subscribed() {
        var subscribed = new TreeSet<String>();
        for (ConsumerMember member : members.values()) {
            subscribed.addAll(topicsOf(member));
        }
        return subscribed;
    }

    /** How long what its members say they want is, in characters. */
    long wishLength() {
        return members.values().stream().mapToLong(ConsumerMember::wishLength).sum();
    }

    @Nullable ConsumerMember ofInstance(String instanceId) {
        for (ConsumerMember member : members.values()) {
            if (instanceId.equals(member.instanceId())) {
                return member;
            }
        }
        return null;
    }

    @Nullable String ownerOf(Uuid topic, int partition) {
        var partitions = owners.get(topic);
        return partitions == null ? null : partitions.get(partition);
    }

    Assignment target(String memberId) {
        Assignment target = targets.get(memberId);
        return target == null ? Assignment.NONE : target;
    }

    /** How long a member may take to let go of partitions; −1 when it has to of none. */
    public int revocationTimeoutMs(String memberId) {
        ConsumerMember member = members.get(memberId);
        return member != null && member.progress() == Progress.UNREVOKED_PARTITIONS
                ? member.wish().rebalanceTimeoutMs()
                : -1;
    }

    /**
     * Whether a member may commit a position of a partition in its epoch, or in one that is past
     * but in which the partition was its already (KIP-1251).
     *
     * @param epoch as the member says; negative when it says none
     */
    public Errors checkCommit(String memberId, int epoch, Uuid topic, int partition) {
        if (epoch < 0 && members.isEmpty()) {
            return Errors.NONE;
        }
        ConsumerMember member = members.get(memberId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (epoch == member.epoch()) {
            return Errors.NONE;
        }
        if (member.classic() != null) {
            return Errors.ILLEGAL_GENERATION;
        }
        Integer since = member.owned().of(topic).get(partition);
        boolean known = epoch >= 0 && epoch < member.epoch() && since != null && since <= epoch;
        return known ? Errors.NONE : Errors.STALE_MEMBER_EPOCH;
    }

    /** Whether a member may ask for positions in its epoch; anybody may who says no epoch. */
    public Errors checkFetch(@Nullable String memberId, int epoch) {
        if (memberId == null && epoch < 0) {
            return Errors.NONE;
        }
        ConsumerMember member = memberId == null ? null : members.get(memberId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (member.epoch() == epoch) {
            return Errors.NONE;
        }
        return member.classic() == null ? Errors.STALE_MEMBER_EPOCH : Errors.ILLEGAL_GENERATION;
    }

    /** Whether a member can work with all that speak the classic protocol. */
    boolean supports(ClassicSpeech speech) {
        for (ClassicSpeech.Protocol offered : speech.protocols()) {
            if (allSupport(offered.name())) {
                return true;
            }
        }
        return false;
    }

    private boolean allSupport(String protocol) {
        for (ConsumerMember member : members.values()) {
            ClassicSpeech classic = member.classic();
            if (classic != null && !classic.supports(protocol)) {
                return false;
            }
        }
        return true;
    }

    /** How long a member that speaks the classic protocol may be silent; empty for the others. */
    public OptionalInt sessionMs(String memberId) {
        ConsumerMember member = members.get(memberId);
        ClassicSpeech classic = member == null ? null : member.classic();
        return classic == null ? OptionalInt.empty() : OptionalInt.of(classic.sessionMs());
    }

    /** How long a rebalance waits for a member; −1 when there is no such member. */
    public int rebalanceMs(String memberId) {
        ConsumerMember member = members.get(memberId);
        return member == null ? -1 : member.wish().rebalanceTimeoutMs();
    }

    /** Whether others have not let go of all that a member shall get. */
    boolean othersOwnTargetOf(ConsumerMember member) {
        Assignment missing = target(member.id()).among(member.assigned(), false);
        for (var topic : missing.byTopic().entrySet()) {
            for (int partition : topic.getValue().keySet()) {
                String owner = ownerOf(topic.getKey(), partition);
                if (owner != null && !owner.equals(member.id())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What is to be recorded when the group shall be forgotten. */
    public List<LogRecord> tombstones() {
        return ConsumerRecords.tombstones(this);
    }

    boolean anybodyWants(String regex) {
        for (ConsumerMember member : members.values()) {
            if (regex.equals(member.wish().regex())) {
                return true;
            }
        }
        return false;
    }

    /** The assignor that most members want; the first by name when votes are even. */
    String elected(String standard) {
        var votes = new TreeMap<String, Integer>();
        for (ConsumerMember member : members.values()) {
            String vote = member.wish().assignor();
            if (vote != null) {
                votes.merge(vote, 1, Integer::sum);
            }
        }
        String elected = standard;
        int most = 0;
        for (var vote : votes.entrySet()) {
            if (vote.getValue() > most) {
                elected = vote.getKey();
                most = vote.getValue();
            }
        }
        return elected;
    }

    // ---- changes ----

    ConsumerGroup at(GroupEpoch next) {
        return new ConsumerGroup(
                id, next, topicsVersion, members, targetEpoch, targets, owners, patterns);
    }

    ConsumerGroup seen(long version) {
        return new ConsumerGroup(id, now, version, members, targetEpoch, targets, owners, patterns);
    }

    ConsumerGroup targetedAt(int next) {
        return new ConsumerGroup(id, now, topicsVersion, members, next, targets, owners, patterns);
    }

    ConsumerGroup withTarget(String memberId, Assignment target) {
        return new ConsumerGroup(
                id,
                now,
                topicsVersion,
                members,
                targetEpoch,
                targets.plus(memberId, target),
                owners,
                patterns);
    }

    ConsumerGroup withoutTarget(String memberId) {
        return new ConsumerGroup(
                id,
                now,
                topicsVersion,
                members,
                targetEpoch,
                targets.minus(memberId),
                owners,
                patterns);
    }

    ConsumerGroup with(String regex, Resolved resolved) {
        return new ConsumerGroup(
                id,
                now,
                topicsVersion,
                members,
                targetEpoch,
                targets,
                owners,
                patterns.plus(regex, resolved));
    }

    ConsumerGroup withoutPattern(String regex) {
        return new ConsumerGroup(
                id,
                now,
                topicsVersion,
                members,
                targetEpoch,
                targets,
                owners,
                patterns.minus(regex));
    }

    /** With this member, instead of the one of the same id. */
    ConsumerGroup with(ConsumerMember member) {
        return withoutMember(member.id()).added(sharing(member));
    }

    /** Members of one group mostly read the same: then they share one set of names. */
    private ConsumerMember sharing(ConsumerMember member) {
        TopicNames names = member.wish().names();
        ConsumerMember before = members.get(member.id());
        if (before != null && before.wish().names() == names) {
            return member;
        }
        int looks = 0;
        for (ConsumerMember other : members.values()) {
            TopicNames theirs = other.wish().names();
            if (theirs.length() != names.length()) {
                continue;
            }
            if (theirs.sameAs(names)) {
                return member.with(member.identity(), member.wish().of(theirs));
            }
            if (++looks == SHARING_LOOKS_MAX) {
                break;
            }
        }
        return member;
    }

    private ConsumerGroup added(ConsumerMember member) {
        var owned = owners;
        for (var topic : member.owned().byTopic().entrySet()) {
            var present = owned.get(topic.getKey());
            TreePMap<Integer, String> partitions = present == null ? TreePMap.empty() : present;
            for (int partition : topic.getValue().keySet()) {
                partitions = partitions.plus(partition, member.id());
            }
            owned = owned.plus(topic.getKey(), partitions);
        }
        return new ConsumerGroup(
                id,
                now,
                topicsVersion,
                members.plus(member.id(), member),
                targetEpoch,
                targets,
                owned,
                patterns);
    }

    ConsumerGroup withoutMember(String memberId) {
        ConsumerMember member = members.get(memberId);
        if (member == null) {
            return this;
        }
        var owned = owners;
        for (var topic : member.owned().byTopic().entrySet()) {
            var present = owned.get(topic.getKey());
            if (present == null) {
                continue;
            }
            var partitions = present;
            for (int partition : topic.getValue().keySet()) {
                // Records of a replay may name the next owner before they forget the last one.
                if (memberId.equals(partitions.get(partition))) {
                    partitions = partitions.minus(partition);
                }
            }
            owned =
                    partitions.isEmpty()
                            ? owned.minus(topic.getKey())
                            : owned.plus(topic.getKey(), partitions);
        }
        return new ConsumerGroup(
                id,
                now,
                topicsVersion,
                members.minus(memberId),
                targetEpoch,
                targets,
                owned,
                patterns);
    }
}
