package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.group.consumer.Assignor.Reader;
import io.tombolo.coordinator.group.consumer.ClusterTopics.Topic;
import io.tombolo.coordinator.group.consumer.ConsumerGroup.Resolved;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Identity;
import io.tombolo.coordinator.pattern.LinearPattern;
import io.tombolo.coordinator.runtime.LogRecord;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A consumer group while a step changes it, with what has to be recorded. Mutable. */
final class ConsumerDraft {

    private final ClusterTopics topics;
    private final long nowMs;
    private final List<LogRecord> records = new ArrayList<>();
    private ConsumerGroup group;

    ConsumerDraft(ConsumerGroup group, ClusterTopics topics, long nowMs) {
        this.group = group;
        this.topics = topics;
        this.nowMs = nowMs;
    }

    ConsumerGroup group() {
        return group;
    }

    List<LogRecord> records() {
        return records;
    }

    // ---- members ----

    /** A member, perhaps a new one, says who it is and what it wants. */
    void describe(ConsumerMember member) {
        group = group.with(member);
        records.add(ConsumerRecords.member(group.id(), member));
    }

    /** A member has come closer to its target. */
    void move(ConsumerMember member) {
        group = group.with(member);
        records.add(ConsumerRecords.current(group.id(), member));
    }

    void remove(ConsumerMember member) {
        group = group.withoutMember(member.id()).withoutTarget(member.id());
        records.add(ConsumerRecords.currentTombstone(group.id(), member.id()));
        records.add(ConsumerRecords.targetedTombstone(group.id(), member.id()));
        records.add(ConsumerRecords.memberTombstone(group.id(), member.id()));
    }

    /**
     * A static member has another id from now on, unless the holder of its instance id is the same.
     *
     * @param holder null when nobody has the instance id
     * @return the id that is no more; null when there is none
     */
    @Nullable String takeOver(@Nullable ConsumerMember holder, String id) {
        if (holder == null || holder.id().equals(id)) {
            return null;
        }
        rename(holder, comeBack(holder, id));
        return holder.id();
    }

    /** The same static member under another id, about to go on from the newest target. */
    private static ConsumerMember comeBack(ConsumerMember old, String id) {
        Identity was = old.identity();
        return new ConsumerMember(
                new Identity(
                        id,
                        was.instanceId(),
                        was.rackId(),
                        was.clientId(),
                        was.clientHost(),
                        was.classic()),
                old.wish(),
                0,
                -1,
                ConsumerMember.Progress.STABLE,
                old.assigned(),
                Assignment.NONE);
    }

    /** A static member is back under another id: it has what it had. */
    private void rename(ConsumerMember old, ConsumerMember renamed) {
        Assignment target = group.target(old.id());
        remove(old);
        describe(renamed);
        move(renamed);
        retarget(renamed.id(), target);
    }

    /**
     * A member has spoken: the group takes notice, and the member goes on towards its target.
     *
     * @param present null when it is new
     * @param told the member with what it has said
     * @param claimed what it says that it owns; null when it does not say
     */
    ConsumerMember hear(
            @Nullable ConsumerMember present, ConsumerMember told, @Nullable Assignment claimed) {
        if (!told.equals(present)) {
            describe(told);
        }
        refresh(present == null || !told.wish().sameTopics(present.wish()));
        assign();
        ConsumerMember next = new Reconciliation(group, claimed).next(told);
        if (!next.equals(told)) {
            move(next);
        }
        return next;
    }

    // ---- topics and epochs ----

    /**
     * Looks at the topics again, when they have changed or the members have.
     *
     * @param changed whether members or their subscriptions have changed
     */
    void refresh(boolean changed) {
        if (!changed && topics.version() <= group.topicsVersion()) {
            return;
        }
        forgetPatterns();
        resolvePatterns();
        long hash = hashOfSubscribed();
        if (changed || hash != group.now().subscribedHash()) {
            long emptySinceMs = group.isEmpty() ? nowMs : GroupEpoch.UNKNOWN;
            group = group.at(new GroupEpoch(group.epoch() + 1, hash, emptySinceMs));
            records.add(ConsumerRecords.group(group));
        }
        group = group.seen(topics.version());
    }

    private void forgetPatterns() {
        for (String regex : group.patterns().keySet()) {
            if (!group.anybodyWants(regex)) {
                group = group.withoutPattern(regex);
                records.add(ConsumerRecords.patternTombstone(group.id(), regex));
            }
        }
    }

    private void resolvePatterns() {
        var wanted = new TreeSet<String>();
        group.members().values().forEach(member -> wanted.add(member.wish().regexOrEmpty()));
        wanted.remove("");
        for (String regex : wanted) {
            Resolved known = group.patterns().get(regex);
            if (known != null && group.topicsVersion() == topics.version()) {
                continue;
            }
            TreePSet<String> meant = LinearPattern.of(regex).among(topics.names());
            if (known == null || !known.topics().equals(meant)) {
                var resolved = new Resolved(meant, Math.max(0, topics.version()), nowMs);
                group = group.with(regex, resolved);
                records.add(ConsumerRecords.pattern(group.id(), regex, resolved));
            }
        }
    }

    /** FNV-1a over what assigning rests on; 0 for nothing. */
    private long hashOfSubscribed() {
        long hash = 0;
        for (String name : group.subscribed()) {
            Optional<Topic> topic = topics.topic(name);
            if (topic.isPresent()) {
                hash = mixed(hash, topic.get().id().getMostSignificantBits());
                hash = mixed(hash, topic.get().id().getLeastSignificantBits());
                hash = mixed(hash, topic.get().partitionCount());
            }
        }
        return hash;
    }

    private static long mixed(long hash, long value) {
        long mixed = hash == 0 ? 0xcbf29ce484222325L : hash;
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            mixed = (mixed ^ ((value >>> shift) & 0xFF)) * 0x100000001b3L;
        }
        return mixed;
    }

    // ---- targets ----

    /** Gives every member a target for the group's epoch, if that is newer than the targets. */
    void assign() {
        if (group.epoch() <= group.targetEpoch()) {
            return;
        }
        SortedMap<Uuid, Integer> counts = new TreeMap<>();
        SortedMap<String, Reader> readers = new TreeMap<>();
        group.members().forEach((id, member) -> readers.put(id, reader(member, counts)));
        Assignor assignor =
                Assignor.named(group.elected(Assignor.STANDARD.name())).orElse(Assignor.STANDARD);
        assignor.assign(readers, counts, topics::racksOf)
                .forEach((member, target) -> {
                    boolean known = group.targets().containsKey(member);
                    if (!known || !group.target(member).sameAs(target)) {
                        retarget(member, target);
                    }
                });
        group = group.targetedAt(group.epoch());
        records.add(ConsumerRecords.target(group.id(), group.epoch()));
    }

    private Reader reader(ConsumerMember member, SortedMap<Uuid, Integer> counts) {
        var read = new TreeSet<Uuid>();
        for (String name : group.topicsOf(member)) {
            topics.topic(name)
                    .ifPresent(topic -> {
                        read.add(topic.id());
                        counts.put(topic.id(), topic.partitionCount());
                    });
        }
        String instance = member.instanceId();
        // Static members first, by what they are called for good.
        String sortKey = instance == null ? "1" + member.id() : "0" + instance;
        String rack = member.identity().rackId();
        return new Reader(sortKey, rack == null ? "" : rack, read, group.target(member.id()));
    }

    private void retarget(String member, Assignment target) {
        group = group.withTarget(member, target);
        records.add(ConsumerRecords.targeted(group.id(), member, target));
    }
}
