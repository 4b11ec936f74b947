package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.group.consumer.ClassicSpeech.Protocol;
import io.tombolo.coordinator.group.consumer.ConsumerGroup.Resolved;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Identity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Progress;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Wish;
import io.tombolo.coordinator.record.RecordReader;
import io.tombolo.coordinator.record.RecordWriter;
import io.tombolo.coordinator.runtime.LogRecord;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The records of consumer groups on {@code __consumer_offsets}, as Kafka 4.4 writes them: a key
 * begins with its kind, a value with its version, which is 0.
 *
 * <pre>
 * kind       | key           | value
 * 3 GROUP    | group         | epoch, hash of the subscribed topics, since when it is empty
 * 5 MEMBER   | group, member | who it is, what it wants and how it speaks
 * 6 TARGET   | group         | epoch of the target assignments
 * 7 TARGETED | group, member | its target
 * 8 CURRENT  | group, member | its epochs, its progress, what it has and what it has to let go of
 * 16 PATTERN | group, regex  | the topics it means
 * </pre>
 */
public final class ConsumerRecords {

    private static final short GROUP = 3;
    private static final short MEMBER = 5;
    private static final short TARGET = 6;
    private static final short TARGETED = 7;
    private static final short CURRENT = 8;
    private static final short PATTERN = 16;

    private static final int HASH_TAG = 0;

    /** Ours; whoever does not know it skips it. */
    private static final int EMPTY_TAG = 10_000;

    private static final int EPOCHS_TAG = 0;
    private static final int CLASSIC_TAG = 0;

    /** Comes before a structure that could be null. */
    private static final byte PRESENT = 1;

    private ConsumerRecords() {}

    // ---- writing ----

    static LogRecord group(ConsumerGroup group) {
        GroupEpoch now = group.now();
        boolean hashed = now.subscribedHash() != 0;
        boolean empty = now.emptySinceMs() != GroupEpoch.UNKNOWN;
        RecordWriter value = value().int32(now.number()).varint((hashed ? 1 : 0) + (empty ? 1 : 0));
        if (hashed) {
            value.varint(HASH_TAG).varint(Long.BYTES).int64(now.subscribedHash());
        }
        if (empty) {
            value.varint(EMPTY_TAG).varint(Long.BYTES).int64(now.emptySinceMs());
        }
        return new LogRecord(key(GROUP, group.id()), value.toBytes());
    }

    static LogRecord groupTombstone(String group) {
        return new LogRecord(key(GROUP, group), null);
    }

    static LogRecord member(String group, ConsumerMember member) {
        Identity identity = member.identity();
        Wish wish = member.wish();
        RecordWriter value =
                value().compactString(identity.instanceId())
                        .compactString(identity.rackId())
                        .compactString(identity.clientId())
                        .compactString(identity.clientHost());
        strings(value, wish.names().set())
                .compactString(wish.regex())
                .int32(wish.rebalanceTimeoutMs())
                .compactString(wish.assignor());
        speech(value, identity.classic());
        return new LogRecord(key(MEMBER, group, member.id()), value.toBytes());
    }

    private static void speech(RecordWriter out, @Nullable ClassicSpeech classic) {
        if (classic == null) {
            out.varint(0);
            return;
        }
        var value = new RecordWriter().int8(PRESENT).int32(classic.sessionMs());
        value.varint(classic.protocols().size() + 1);
        for (Protocol protocol : classic.protocols()) {
            value.compactString(protocol.name()).compactBytes(protocol.metadata()).varint(0);
        }
        byte[] bytes = value.varint(0).toBytes();
        out.varint(1).varint(CLASSIC_TAG).varint(bytes.length);
        for (byte one : bytes) {
            out.int8(one);
        }
    }

    static LogRecord memberTombstone(String group, String member) {
        return new LogRecord(key(MEMBER, group, member), null);
    }

    static LogRecord target(String group, int epoch) {
        return new LogRecord(key(TARGET, group), value().int32(epoch).varint(0).toBytes());
    }

    static LogRecord targetTombstone(String group) {
        return new LogRecord(key(TARGET, group), null);
    }

    static LogRecord targeted(String group, String member, Assignment target) {
        RecordWriter value = value().varint(target.byTopic().size() + 1);
        for (var topic : target.byTopic().entrySet()) {
            value.uuid(topic.getKey());
            numbers(value, topic.getValue().keySet()).varint(0);
        }
        return new LogRecord(key(TARGETED, group, member), value.varint(0).toBytes());
    }

    static LogRecord targetedTombstone(String group, String member) {
        return new LogRecord(key(TARGETED, group, member), null);
    }

    static LogRecord current(String group, ConsumerMember member) {
        RecordWriter value =
                value().int32(member.epoch())
                        .int32(member.previousEpoch())
                        .int8(member.progress().code());
        held(value, member.assigned());
        held(value, member.revoking());
        return new LogRecord(key(CURRENT, group, member.id()), value.varint(0).toBytes());
    }

    static LogRecord currentTombstone(String group, String member) {
        return new LogRecord(key(CURRENT, group, member), null);
    }

    static LogRecord pattern(String group, String regex, Resolved resolved) {
        RecordWriter value =
                strings(value(), resolved.topics())
                        .int64(resolved.version())
                        .int64(resolved.atMs())
                        .varint(0);
        return new LogRecord(key(PATTERN, group, regex), value.toBytes());
    }

    static LogRecord patternTombstone(String group, String regex) {
        return new LogRecord(key(PATTERN, group, regex), null);
    }

    private static byte[] key(short kind, String... parts) {
        var key = new RecordWriter().int16(kind);
        for (String part : parts) {
            key.string(part);
        }
        return key.toBytes();
    }

    private static RecordWriter value() {
        return new RecordWriter().int16(0);
    }

    private static RecordWriter strings(RecordWriter out, Collection<String> strings) {
        out.varint(strings.size() + 1);
        strings.forEach(out::compactString);
        return out;
    }

    private static RecordWriter numbers(RecordWriter out, Collection<Integer> numbers) {
        out.varint(numbers.size() + 1);
        numbers.forEach(out::int32);
        return out;
    }

    private static void held(RecordWriter out, Assignment held) {
        out.varint(held.byTopic().size() + 1);
        for (var topic : held.byTopic().entrySet()) {
            out.uuid(topic.getKey());
            numbers(out, topic.getValue().keySet());
            byte[] epochs = numbers(new RecordWriter(), topic.getValue().values()).toBytes();
            out.varint(1).varint(EPOCHS_TAG).varint(epochs.length);
            for (byte one : epochs) {
                out.int8(one);
            }
        }
    }

    /** All of a group, whatever was recorded of it before. */
    static List<LogRecord> all(ConsumerGroup group) {
        var records = new ArrayList<LogRecord>();
        group.members().values().forEach(member -> records.add(member(group.id(), member)));
        records.add(group(group));
        group.targets()
                .forEach((member, target) -> records.add(targeted(group.id(), member, target)));
        records.add(target(group.id(), group.targetEpoch()));
        group.members().values().forEach(member -> records.add(current(group.id(), member)));
        return records;
    }

    // ---- reading ----

    /** Whether a record of this kind is about consumer groups. */
    public static boolean concerns(short kind) {
        return switch (kind) {
            case GROUP, MEMBER, TARGET, TARGETED, CURRENT, PATTERN -> true;
            default -> false;
        };
    }

    /**
     * The group after one of its stored records; the order of records of different keys does not
     * matter, because compaction may have changed which of them is left.
     *
     * @param key behind the kind and the group
     * @param value null for a tombstone
     * @return null when the group is gone
     */
    public static @Nullable ConsumerGroup replay(
            ConsumerGroup group, short kind, RecordReader key, byte @Nullable [] value) {
        RecordReader in = value == null ? null : versioned(value);
        return switch (kind) {
            case GROUP -> in == null ? null : readGroup(group, in);
            case TARGET -> group.targetedAt(in == null ? -1 : in.int32());
            case MEMBER -> readMember(group, key.string(false), in);
            case TARGETED -> {
                String member = key.string(false);
                yield in == null
                        ? group.withoutTarget(member)
                        : group.withTarget(member, readTarget(in));
            }
            case CURRENT -> readCurrent(group, key.string(false), in);
            case PATTERN -> {
                String regex = key.string(false);
                yield in == null ? group.withoutPattern(regex) : group.with(regex, resolved(in));
            }
            default -> throw new IllegalArgumentException("kind " + kind + " is not of consumers");
        };
    }

    private static RecordReader versioned(byte[] value) {
        var in = new RecordReader(value);
        short version = in.int16();
        if (version != 0) {
            throw new IllegalArgumentException("value version " + version + " is not known");
        }
        return in;
    }

    private static ConsumerGroup readGroup(ConsumerGroup group, RecordReader in) {
        int epoch = in.int32();
        long hash = 0;
        long emptySinceMs = GroupEpoch.UNKNOWN;
        int tags = in.varint();
        for (int i = 0; i < tags; i++) {
            int tag = in.varint();
            int size = in.varint();
            if (tag == HASH_TAG && size == Long.BYTES) {
                hash = in.int64();
            } else if (tag == EMPTY_TAG && size == Long.BYTES) {
                emptySinceMs = in.int64();
            } else {
                in.skip(size);
            }
        }
        return group.at(new GroupEpoch(epoch, hash, emptySinceMs));
    }

    private static ConsumerGroup readMember(
            ConsumerGroup group, String id, @Nullable RecordReader in) {
        if (in == null) {
            return group.withoutMember(id);
        }
        var speaker =
                new Identity(
                        id,
                        in.nullableString(true),
                        in.nullableString(true),
                        in.string(true),
                        in.string(true),
                        null);
        var names = TopicNames.of(readStrings(in));
        String regex = in.nullableString(true);
        int timeoutMs = in.int32();
        var wish = new Wish(names, regex, in.nullableString(true), timeoutMs);
        Identity identity = speaker.speaking(readSpeech(in));
        return group.with(present(group, id).with(identity, wish));
    }

    private static @Nullable ClassicSpeech readSpeech(RecordReader in) {
        ClassicSpeech speech = null;
        int tags = in.varint();
        for (int i = 0; i < tags; i++) {
            int tag = in.varint();
            int size = in.varint();
            if (tag != CLASSIC_TAG) {
                in.skip(size);
            } else if (in.int8() == PRESENT) {
                int sessionMs = in.int32();
                int count = in.arrayLength(true);
                var protocols = new ArrayList<Protocol>(count);
                for (int place = 0; place < count; place++) {
                    protocols.add(new Protocol(in.string(true), in.bytes(true)));
                    in.skipTags();
                }
                in.skipTags();
                speech = new ClassicSpeech(sessionMs, protocols);
            }
        }
        return speech;
    }

    private static ConsumerMember present(ConsumerGroup group, String id) {
        ConsumerMember present = group.members().get(id);
        return present == null
                ? ConsumerMember.joining(new Identity(id, null, null, "", "", null))
                : present;
    }

    private static ConsumerGroup readCurrent(
            ConsumerGroup group, String id, @Nullable RecordReader in) {
        if (in == null) {
            ConsumerMember present = group.members().get(id);
            return present == null
                    ? group
                    : group.with(
                            ConsumerMember.joining(present.identity())
                                    .with(present.identity(), present.wish()));
        }
        ConsumerMember present = present(group, id);
        int epoch = in.int32();
        int previousEpoch = in.int32();
        Progress progress = Progress.of(in.int8());
        Assignment assigned = readHeld(in, epoch);
        Assignment revoking = readHeld(in, epoch);
        return group.with(
                new ConsumerMember(
                        present.identity(),
                        present.wish(),
                        epoch,
                        previousEpoch,
                        progress,
                        assigned,
                        revoking));
    }

    private static Resolved resolved(RecordReader in) {
        return new Resolved(readStrings(in), in.int64(), in.int64());
    }

    private static TreePSet<String> readStrings(RecordReader in) {
        int count = in.arrayLength(true);
        TreePSet<String> strings = TreePSet.empty();
        for (int i = 0; i < count; i++) {
            strings = strings.plus(in.string(true));
        }
        return strings;
    }

    private static List<Integer> readNumbers(RecordReader in) {
        int count = in.nullableArrayLength(true);
        var numbers = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            numbers.add(in.int32());
        }
        return numbers;
    }

    private static Assignment readTarget(RecordReader in) {
        int count = in.arrayLength(true);
        Assignment target = Assignment.NONE;
        for (int i = 0; i < count; i++) {
            Uuid topic = in.uuid();
            for (int partition : readNumbers(in)) {
                target = target.plus(topic, partition, 0);
            }
            in.skipTags();
        }
        return target;
    }

    /** Records of older releases of Kafka do not say in which epoch a partition was assigned. */
    private static Assignment readHeld(RecordReader in, int memberEpoch) {
        int count = in.arrayLength(true);
        Assignment held = Assignment.NONE;
        for (int i = 0; i < count; i++) {
            Uuid topic = in.uuid();
            List<Integer> partitions = readNumbers(in);
            List<Integer> epochs = readEpochs(in);
            for (int place = 0; place < partitions.size(); place++) {
                int epoch = place < epochs.size() ? epochs.get(place) : memberEpoch;
                held = held.plus(topic, partitions.get(place), epoch);
            }
        }
        return held;
    }

    private static List<Integer> readEpochs(RecordReader in) {
        List<Integer> epochs = List.of();
        int tags = in.varint();
        for (int i = 0; i < tags; i++) {
            int tag = in.varint();
            int size = in.varint();
            if (tag == EPOCHS_TAG) {
                epochs = readNumbers(in);
            } else {
                in.skip(size);
            }
        }
        return epochs;
    }

    /** Nothing of the group is stored under any key after these. */
    static List<LogRecord> tombstones(ConsumerGroup group) {
        var records = new ArrayList<LogRecord>();
        group.members()
                .keySet()
                .forEach(member -> {
                    records.add(currentTombstone(group.id(), member));
                    records.add(targetedTombstone(group.id(), member));
                    records.add(memberTombstone(group.id(), member));
                });
        TreePMap<String, Resolved> patterns = group.patterns();
        patterns.keySet().forEach(regex -> records.add(patternTombstone(group.id(), regex)));
        if (group.targetEpoch() >= 0) {
            records.add(targetTombstone(group.id()));
        }
        records.add(groupTombstone(group.id()));
        return records;
    }
}
