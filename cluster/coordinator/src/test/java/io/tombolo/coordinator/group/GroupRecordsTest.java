package io.tombolo.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.coordinator.group.ClassicGroup.Generation;
import io.tombolo.coordinator.group.ClassicGroup.Pending;
import io.tombolo.coordinator.group.GroupRecords.Content;
import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.StoredRecord;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue.MemberMetadata;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

/** Apache Kafka's own classes are the judge of what we write and the source of what we read. */
class GroupRecordsTest {

    private static final Uuid TOPIC_ID = new Uuid(0x1234567890L, 0x0987654321L);

    private static byte[] kafka(int prefix, Message message, int version) {
        var cache = new ObjectSerializationCache();
        ByteBuffer out = ByteBuffer.allocate(2 + message.size(cache, (short) version));
        out.putShort((short) prefix);
        message.write(new ByteBufferAccessor(out), cache, (short) version);
        return out.array();
    }

    private static byte[] offsetKey() {
        return kafka(
                CoordinatorRecordType.OFFSET_COMMIT.id(),
                new OffsetCommitKey().setGroup("g\u00e9").setTopic("orders").setPartition(7),
                0);
    }

    private static byte[] groupKey() {
        return kafka(
                CoordinatorRecordType.GROUP_METADATA.id(), new GroupMetadataKey().setGroup("g"), 0);
    }

    private static ClassicGroup group(GroupState state) {
        var roster = Roster.EMPTY;
        for (String id : List.of("a", "b")) {
            roster =
                    roster.with(
                            new Member(
                                    id,
                                    id.equals("b") ? "instance-b" : null,
                                    new GroupCommand.Origin("client-" + id, "/127.0.0.1"),
                                    new Member.Timeouts(10_000, 60_000),
                                    List.of(new Member.Protocol("range", new byte[] {1, 2})),
                                    state == GroupState.STABLE ? new byte[] {9} : Member.NOTHING,
                                    false,
                                    null,
                                    null));
        }
        return new ClassicGroup(
                "g",
                state,
                1234,
                new Generation(5, "consumer", "range", "a"),
                roster,
                Pending.NOTHING);
    }

    private static GroupMetadataValue kafkaGroup(boolean stable) {
        return new GroupMetadataValue()
                .setProtocolType("consumer")
                .setGeneration(5)
                .setProtocol("range")
                .setLeader("a")
                .setCurrentStateTimestamp(1234)
                .setMembers(List.of(kafkaMember("a", stable), kafkaMember("b", stable)));
    }

    private static MemberMetadata kafkaMember(String id, boolean stable) {
        return new MemberMetadata()
                .setMemberId(id)
                .setGroupInstanceId(id.equals("b") ? "instance-b" : null)
                .setClientId("client-" + id)
                .setClientHost("/127.0.0.1")
                .setRebalanceTimeout(60_000)
                .setSessionTimeout(10_000)
                .setSubscription(new byte[] {1, 2})
                .setAssignment(stable ? new byte[] {9} : new byte[0]);
    }

    private static Content read(byte[] key, byte[] value) {
        return GroupRecords.read(new StoredRecord(0, key, value));
    }

    @Test
    void aPositionIsWrittenByteForByteAsKafkaWritesIt() {
        var offset = new CommittedOffset(42, 3, "meta\u20ac", 1000, -1, TOPIC_ID);

        LogRecord record = GroupRecords.offset("g\u00e9", "orders", 7, offset);

        assertThat(record.key()).isEqualTo(offsetKey());
        assertThat(record.value())
                .isEqualTo(
                        kafka(
                                4,
                                new OffsetCommitValue()
                                        .setOffset(42)
                                        .setLeaderEpoch(3)
                                        .setMetadata("meta\u20ac")
                                        .setCommitTimestamp(1000)
                                        .setTopicId(TOPIC_ID),
                                4));
        assertThat(read(record.key(), record.value()))
                .isEqualTo(new Content.Offset("g\u00e9", "orders", 7, offset));
    }

    @Test
    void aPositionWithItsOwnExpiryIsWrittenInTheVersionThatHasOne() {
        var offset = new CommittedOffset(42, -1, "", 1000, 9000, Uuid.ZERO_UUID);

        LogRecord record = GroupRecords.offset("g\u00e9", "orders", 7, offset);

        assertThat(record.value())
                .isEqualTo(
                        kafka(
                                1,
                                new OffsetCommitValue()
                                        .setOffset(42)
                                        .setMetadata("")
                                        .setCommitTimestamp(1000)
                                        .setExpireTimestamp(9000),
                                1));
        assertThat(read(record.key(), record.value()))
                .isEqualTo(new Content.Offset("g\u00e9", "orders", 7, offset));
    }

    @Test
    void positionsOfEveryVersionAreRead() {
        for (int version = 0; version <= 4; version++) {
            var value =
                    new OffsetCommitValue()
                            .setOffset(42)
                            .setLeaderEpoch(3)
                            .setMetadata("m")
                            .setCommitTimestamp(1000)
                            .setTopicId(TOPIC_ID);

            var content = (Content.Offset) read(offsetKey(), kafka(version, value, version));

            assertThat(content.offset())
                    .isEqualTo(
                            new CommittedOffset(
                                    42,
                                    version >= 3 ? 3 : -1,
                                    "m",
                                    1000,
                                    -1,
                                    version >= 4 ? TOPIC_ID : Uuid.ZERO_UUID));
        }
    }

    @Test
    void aStableGroupIsWrittenByteForByteAsKafkaWritesIt() {
        LogRecord record = GroupRecords.group(group(GroupState.STABLE));

        assertThat(record.key()).isEqualTo(groupKey());
        assertThat(record.value()).isEqualTo(kafka(3, kafkaGroup(true), 3));
    }

    @Test
    void aGroupInARebalanceIsReadByKafkaToo() {
        LogRecord record = GroupRecords.group(group(GroupState.COMPLETING_REBALANCE));

        ByteBuffer value = ByteBuffer.wrap(record.value());
        short version = value.getShort();
        var read = new GroupMetadataValue(new ByteBufferAccessor(value), version);
        assertThat(value.hasRemaining()).isFalse();
        assertThat(read.unknownTaggedFields()).hasSize(1);
        read.unknownTaggedFields().clear();
        assertThat(read).isEqualTo(kafkaGroup(false));
    }

    @Test
    void groupsOfEveryVersionAreRead() {
        for (int version = 0; version <= 4; version++) {
            var content =
                    (Content.Group) read(groupKey(), kafka(version, kafkaGroup(true), version));

            ClassicGroup group = content.group();
            assertThat(group.state()).isEqualTo(GroupState.STABLE);
            assertThat(group.generation()).isEqualTo(new Generation(5, "consumer", "range", "a"));
            assertThat(group.stateSinceMs()).isEqualTo(version >= 2 ? 1234 : -1);
            Member member = group.roster().get("b");
            assertThat(member.instanceId()).isEqualTo(version >= 3 ? "instance-b" : null);
            assertThat(member.assignment()).containsExactly(9);
            assertThat(member.metadata("range")).containsExactly(1, 2);
        }
    }

    @Test
    void aGroupInARebalanceComesBackInIt() {
        for (GroupState state :
                List.of(GroupState.PREPARING_REBALANCE, GroupState.COMPLETING_REBALANCE)) {
            LogRecord record = GroupRecords.group(group(state));

            var content = (Content.Group) read(record.key(), record.value());

            assertThat(content.group().state()).isEqualTo(state);
            assertThat(content.group().generation()).isEqualTo(group(state).generation());
        }
    }

    @Test
    void recordsOfOtherKindsAreLeftAlone() {
        assertThat(read(new byte[] {0, 10, 1, 2, 3}, new byte[] {1}))
                .isEqualTo(new Content.Unknown((short) 10));
    }

    @Test
    void tombstonesHaveTheSameKeys() {
        assertThat(GroupRecords.offsetTombstone("g\u00e9", "orders", 7).key())
                .isEqualTo(offsetKey());
        assertThat(GroupRecords.groupTombstone("g").key()).isEqualTo(groupKey());
        assertThat(GroupRecords.groupTombstone("g").value()).isNull();
    }

    @Test
    void brokenRecordsAreRefusedWithoutAllocatingWhatTheyClaim() {
        byte[] whole = GroupRecords.group(group(GroupState.COMPLETING_REBALANCE)).value();
        var random = new SplittableRandom(1);
        for (int cut = 0; cut < whole.length; cut++) {
            byte[] truncated = java.util.Arrays.copyOf(whole, cut);
            assertThatThrownBy(() -> read(groupKey(), truncated))
                    .isInstanceOf(RuntimeException.class);
        }
        for (int i = 0; i < 2000; i++) {
            byte[] flipped = whole.clone();
            flipped[random.nextInt(flipped.length)] = (byte) random.nextInt();
            try {
                read(groupKey(), flipped);
            } catch (RuntimeException expected) {
                assertThat(expected).isNotInstanceOf(NullPointerException.class);
            }
        }
    }
}
