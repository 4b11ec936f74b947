package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.ClassicGroup.Generation;
import io.tombolo.coordinator.group.ClassicGroup.Pending;
import io.tombolo.coordinator.group.consumer.ConsumerRecords;
import io.tombolo.coordinator.record.RecordReader;
import io.tombolo.coordinator.record.RecordWriter;
import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.StoredRecord;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

import java.util.ArrayList;
import java.util.List;

/**
 * The records of {@code __consumer_offsets}, as Kafka 4.4 writes them: a key begins with its kind,
 * a value with its version.
 *
 * <pre>
 * kind           | key                      | value, versions written (read: 0 to 4)
 * 0 and 1 OFFSET | group, topic, partition  | 4; 1 when the client chose an expiry
 * 2 GROUP        | group                    | 3; 4 in the middle of a rebalance
 * others         | see {@link ConsumerRecords}
 * </pre>
 *
 * <p>Kafka records a group only when it is stable or empty. A group in the middle of a rebalance is
 * recorded in the flexible version with the state in a tagged field, which Kafka's readers skip.
 */
final class GroupRecords {

    private static final short OLD_OFFSET = 0;
    private static final short OFFSET = 1;
    private static final short GROUP = 2;

    private static final int TOPIC_ID_TAG = 0;

    /** Ours; far from the numbers that Kafka gives out one by one. */
    private static final int STATE_TAG = 7000;

    private GroupRecords() {}

    // ---- writing ----

    static LogRecord offset(String group, String topic, int partition, CommittedOffset offset) {
        return new LogRecord(offsetKey(group, topic, partition), offsetValue(offset));
    }

    static LogRecord offsetTombstone(String group, String topic, int partition) {
        return new LogRecord(offsetKey(group, topic, partition), null);
    }

    static LogRecord group(ClassicGroup group) {
        return new LogRecord(groupKey(group.id()), groupValue(group));
    }

    static LogRecord groupTombstone(String group) {
        return new LogRecord(groupKey(group), null);
    }

    private static byte[] offsetKey(String group, String topic, int partition) {
        return new RecordWriter()
                .int16(OFFSET)
                .string(group)
                .string(topic)
                .int32(partition)
                .toBytes();
    }

    private static byte[] groupKey(String group) {
        return new RecordWriter().int16(GROUP).string(group).toBytes();
    }

    private static byte[] offsetValue(CommittedOffset offset) {
        if (offset.expireMs() >= 0) {
            return new RecordWriter()
                    .int16(1)
                    .int64(offset.offset())
                    .string(offset.metadata())
                    .int64(offset.commitMs())
                    .int64(offset.expireMs())
                    .toBytes();
        }
        RecordWriter out =
                new RecordWriter()
                        .int16(4)
                        .int64(offset.offset())
                        .int32(offset.leaderEpoch())
                        .compactString(offset.metadata())
                        .int64(offset.commitMs());
        if (offset.topicId().equals(Uuid.ZERO_UUID)) {
            out.varint(0);
        } else {
            out.varint(1).varint(TOPIC_ID_TAG).varint(16).uuid(offset.topicId());
        }
        return out.toBytes();
    }

    private static byte[] groupValue(ClassicGroup group) {
        boolean settled = group.is(GroupState.EMPTY) || group.is(GroupState.STABLE);
        return settled ? settledGroup(group) : unsettledGroup(group);
    }

    /** Members that have never been in a generation are nobody's business yet. */
    private static List<Member> recorded(ClassicGroup group) {
        var members = new ArrayList<Member>(group.roster().size());
        for (Member member : group.roster().all()) {
            if (!member.fresh()) {
                members.add(member);
            }
        }
        return members;
    }

    private static byte[] settledGroup(ClassicGroup group) {
        List<Member> members = recorded(group);
        RecordWriter out =
                new RecordWriter()
                        .int16(3)
                        .string(group.protocolTypeOrEmpty())
                        .int32(group.generation().number())
                        .string(group.generation().protocol())
                        .string(group.generation().leaderId())
                        .int64(group.stateSinceMs())
                        .int32(members.size());
        for (Member member : members) {
            out.string(member.id())
                    .string(member.instanceId())
                    .string(member.origin().clientId())
                    .string(member.origin().clientHost())
                    .int32(member.timeouts().rebalanceMs())
                    .int32(member.timeouts().sessionMs())
                    .bytes(member.metadata(group.generation().protocol()))
                    .bytes(member.assignment());
        }
        return out.toBytes();
    }

    private static byte[] unsettledGroup(ClassicGroup group) {
        List<Member> members = recorded(group);
        RecordWriter out =
                new RecordWriter()
                        .int16(4)
                        .compactString(group.protocolTypeOrEmpty())
                        .int32(group.generation().number())
                        .compactString(group.generation().protocol())
                        .compactString(group.generation().leaderId())
                        .int64(group.stateSinceMs())
                        .varint(members.size() + 1);
        for (Member member : members) {
            out.compactString(member.id())
                    .compactString(member.instanceId())
                    .compactString(member.origin().clientId())
                    .compactString(member.origin().clientHost())
                    .int32(member.timeouts().rebalanceMs())
                    .int32(member.timeouts().sessionMs())
                    .compactBytes(member.metadata(group.generation().protocol()))
                    .compactBytes(member.assignment())
                    .varint(0);
        }
        int code = group.is(GroupState.PREPARING_REBALANCE) ? 1 : 2;
        return out.varint(1).varint(STATE_TAG).varint(1).int8(code).toBytes();
    }

    // ---- reading ----

    /** What a stored record says. */
    sealed interface Content {

        /** A position, or null when it was taken back. */
        record Offset(String group, String topic, int partition, @Nullable CommittedOffset offset)
                implements Content {}

        /** A group, or null when it was deleted. */
        record Group(String id, @Nullable ClassicGroup group) implements Content {}

        /** Something of a consumer group; its key is read as far as the group's id. */
        record Consumer(short kind, String id, RecordReader key, byte @Nullable [] value)
                implements Content {}

        /** A record of a kind that is not ours. */
        record Unknown(short kind) implements Content {}
    }

    /** Throws a runtime exception when a record of a known kind cannot be read. */
    static Content read(StoredRecord record) {
        var key = new RecordReader(record.key());
        short kind = key.int16();
        byte[] value = record.value();
        return switch (kind) {
            case OLD_OFFSET, OFFSET ->
                    new Content.Offset(
                            key.string(false),
                            key.string(false),
                            key.int32(),
                            value == null ? null : readOffset(new RecordReader(value)));
            case GROUP -> {
                String id = key.string(false);
                yield new Content.Group(
                        id, value == null ? null : readGroup(id, new RecordReader(value)));
            }
            default ->
                    ConsumerRecords.concerns(kind)
                            ? new Content.Consumer(kind, key.string(false), key, value)
                            : new Content.Unknown(kind);
        };
    }

    private static CommittedOffset readOffset(RecordReader in) {
        short version = version(in);
        boolean compact = version >= 4;
        long offset = in.int64();
        int leaderEpoch = version >= 3 ? in.int32() : -1;
        String metadata = in.string(compact);
        long commitMs = in.int64();
        long expireMs = version == 1 ? in.int64() : -1;
        Uuid topicId = Uuid.ZERO_UUID;
        if (compact) {
            int tags = in.varint();
            for (int i = 0; i < tags; i++) {
                int tag = in.varint();
                int size = in.varint();
                if (tag == TOPIC_ID_TAG) {
                    topicId = in.uuid();
                } else {
                    in.skip(size);
                }
            }
        }
        return new CommittedOffset(offset, leaderEpoch, metadata, commitMs, expireMs, topicId);
    }

    private static ClassicGroup readGroup(String id, RecordReader in) {
        short version = version(in);
        boolean compact = version >= 4;
        String type = in.string(compact);
        int number = in.int32();
        String protocol = in.nullableString(compact);
        String leaderId = in.nullableString(compact);
        long sinceMs = version >= 2 ? in.int64() : -1;
        int count = in.arrayLength(compact);
        Roster roster = Roster.EMPTY;
        for (int i = 0; i < count; i++) {
            roster = roster.with(readMember(version, protocol, in));
        }
        GroupState state = roster.isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
        if (compact && !roster.isEmpty()) {
            state = readState(in);
        }
        Pending pending = Pending.NOTHING;
        if (state == GroupState.COMPLETING_REBALANCE) {
            pending = pending.withSyncs(TreePSet.from(roster.ids()));
        } else if (state == GroupState.PREPARING_REBALANCE) {
            pending = pending.withRemovalRecorded();
        }
        var generation = new Generation(number, type.isEmpty() ? null : type, protocol, leaderId);
        return new ClassicGroup(id, state, sinceMs, generation, roster, pending);
    }

    private static Member readMember(short version, @Nullable String protocol, RecordReader in) {
        boolean compact = version >= 4;
        String memberId = in.string(compact);
        String instanceId = version >= 3 ? in.nullableString(compact) : null;
        var origin = new GroupCommand.Origin(in.string(compact), in.string(compact));
        int rebalanceMs = version >= 1 ? in.int32() : -1;
        int sessionMs = in.int32();
        var timeouts = new Member.Timeouts(sessionMs, rebalanceMs < 0 ? sessionMs : rebalanceMs);
        byte[] subscription = in.bytes(compact);
        byte[] assignment = in.bytes(compact);
        if (compact) {
            in.skipTags();
        }
        List<Member.Protocol> protocols =
                protocol == null ? List.of() : List.of(new Member.Protocol(protocol, subscription));
        return new Member(
                memberId, instanceId, origin, timeouts, protocols, assignment, false, null, null);
    }

    private static GroupState readState(RecordReader in) {
        GroupState state = GroupState.STABLE;
        int tags = in.varint();
        for (int i = 0; i < tags; i++) {
            int tag = in.varint();
            int size = in.varint();
            if (tag == STATE_TAG && size == 1) {
                state =
                        in.int8() == 1
                                ? GroupState.PREPARING_REBALANCE
                                : GroupState.COMPLETING_REBALANCE;
            } else {
                in.skip(size);
            }
        }
        return state;
    }

    private static short version(RecordReader in) {
        short version = in.int16();
        if (version < 0 || version > 4) {
            throw new IllegalArgumentException("value version " + version + " is not known");
        }
        return version;
    }
}
