package io.tombolo.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.consumer.ConsumerGroup.Resolved;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Identity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Progress;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Wish;
import io.tombolo.coordinator.record.RecordReader;
import io.tombolo.coordinator.runtime.LogRecord;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupRegularExpressionValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberValue.TopicPartition;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMetadataValue;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePSet;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/** Our records are byte for byte what Kafka's own classes write. */
class ConsumerRecordsTest {

    private static final Uuid TOPIC = new Uuid(1, 2);

    private static final ConsumerMember MEMBER =
            new ConsumerMember(
                    new Identity("m", "inst", "rack", "client", "/1.2.3.4", null),
                    new Wish(TopicNames.of(List.of("t1", "t2")), "a.*", "range", 30_000),
                    7,
                    6,
                    Progress.UNREVOKED_PARTITIONS,
                    Assignment.NONE.plus(TOPIC, 0, 5).plus(TOPIC, 3, 7),
                    Assignment.NONE.plus(TOPIC, 4, 2));

    private static byte[] kafka(ApiMessage message) {
        var cache = new ObjectSerializationCache();
        var out = ByteBuffer.allocate(2 + message.size(cache, (short) 0)).putShort((short) 0);
        message.write(new ByteBufferAccessor(out), cache, (short) 0);
        return out.array();
    }

    private static ConsumerGroup replayed(ConsumerGroup group, LogRecord... records) {
        ConsumerGroup replayed = group;
        for (LogRecord record : records) {
            var key = new RecordReader(record.key());
            short kind = key.int16();
            assertThat(ConsumerRecords.concerns(kind)).isTrue();
            assertThat(key.string(false)).isEqualTo("g");
            replayed =
                    Objects.requireNonNull(
                            ConsumerRecords.replay(replayed, kind, key, record.value()));
        }
        return replayed;
    }

    /** A thousand members with a thousand topics each would take the memory of the broker. */
    @Test
    void membersThatReadTheSameShareItsNamesAlsoAfterALoad() {
        var group =
                replayed(
                        ConsumerGroup.empty("g"),
                        ConsumerRecords.member("g", named("m1")),
                        ConsumerRecords.member("g", named("m2")));

        assertThat(topics(group, "m2")).isSameAs(topics(group, "m1"));
        var joined = group.with(named("m3"));
        assertThat(topics(joined, "m3")).isSameAs(topics(group, "m1"));
        assertThat(joined.members().get("m3").wish()).isEqualTo(named("m3").wish());
    }

    private static ConsumerMember named(String id) {
        var topics = TopicNames.of(List.of("t1", "t2"));
        return MEMBER.with(
                new Identity(id, null, null, "client", "/1.2.3.4", null),
                new Wish(topics, "a.*", "range", 30_000));
    }

    private static TopicNames topics(ConsumerGroup group, String member) {
        return Objects.requireNonNull(group.members().get(member)).wish().names();
    }

    @Test
    void groupsAreWrittenAsKafkaDoes() {
        var group = ConsumerGroup.empty("g").at(new GroupEpoch(9, 77));

        assertThat(ConsumerRecords.group(group).value())
                .isEqualTo(kafka(new ConsumerGroupMetadataValue().setEpoch(9).setMetadataHash(77)));
        assertThat(ConsumerRecords.group(group.at(new GroupEpoch(1, 0))).value())
                .isEqualTo(kafka(new ConsumerGroupMetadataValue().setEpoch(1)));
        assertThat(replayed(ConsumerGroup.empty("g"), ConsumerRecords.group(group)))
                .isEqualTo(group);
    }

    /** Kafka's own readers skip what they do not know. */
    @Test
    void sinceWhenAGroupIsEmptyIsWrittenInAFieldOfOurs() {
        var group = ConsumerGroup.empty("g").at(new GroupEpoch(9, 77, 1_700_000_000_000L));

        byte[] value = ConsumerRecords.group(group).value();

        var buffer = ByteBuffer.wrap(value);
        var read =
                new ConsumerGroupMetadataValue(new ByteBufferAccessor(buffer), buffer.getShort());
        assertThat(read.epoch()).isEqualTo(9);
        assertThat(read.metadataHash()).isEqualTo(77);
        assertThat(replayed(ConsumerGroup.empty("g"), ConsumerRecords.group(group)))
                .isEqualTo(group);
    }

    @Test
    void membersAreWrittenAsKafkaDoes() {
        assertThat(ConsumerRecords.member("g", MEMBER).value())
                .isEqualTo(
                        kafka(
                                new ConsumerGroupMemberMetadataValue()
                                        .setInstanceId("inst")
                                        .setRackId("rack")
                                        .setClientId("client")
                                        .setClientHost("/1.2.3.4")
                                        .setSubscribedTopicNames(List.of("t1", "t2"))
                                        .setSubscribedTopicRegex("a.*")
                                        .setRebalanceTimeoutMs(30_000)
                                        .setServerAssignor("range")));
    }

    @Test
    void membersOfTheClassicProtocolAreWrittenAsKafkaDoes() {
        byte[] metadata = {1, 2, 3};
        var speech =
                new ClassicSpeech(
                        9000,
                        List.of(
                                new ClassicSpeech.Protocol("range", metadata),
                                new ClassicSpeech.Protocol("sticky", new byte[0])));
        var identity = new Identity("m", null, null, "client", "/1.2.3.4", speech);
        var member = ConsumerMember.joining(identity);

        LogRecord record = ConsumerRecords.member("g", member);

        assertThat(record.value())
                .isEqualTo(
                        kafka(
                                new ConsumerGroupMemberMetadataValue()
                                        .setInstanceId(null)
                                        .setRackId(null)
                                        .setSubscribedTopicRegex(null)
                                        .setServerAssignor(null)
                                        .setClientId("client")
                                        .setClientHost("/1.2.3.4")
                                        .setClassicMemberMetadata(
                                                new ClassicMemberMetadata()
                                                        .setSessionTimeoutMs(9000)
                                                        .setSupportedProtocols(
                                                                List.of(
                                                                        new ClassicProtocol()
                                                                                .setName("range")
                                                                                .setMetadata(
                                                                                        metadata),
                                                                        new ClassicProtocol()
                                                                                .setName("sticky")
                                                                                .setMetadata(
                                                                                        new byte
                                                                                                [0]))))));
        assertThat(replayed(ConsumerGroup.empty("g"), record).members().get("m").identity())
                .isEqualTo(identity);
    }

    @Test
    void targetsAreWrittenAsKafkaDoes() {
        var target = Assignment.NONE.plus(TOPIC, 0, 0).plus(TOPIC, 3, 0);

        assertThat(ConsumerRecords.target("g", 4).value())
                .isEqualTo(
                        kafka(
                                new ConsumerGroupTargetAssignmentMetadataValue()
                                        .setAssignmentEpoch(4)));
        assertThat(ConsumerRecords.targeted("g", "m", target).value())
                .isEqualTo(
                        kafka(
                                new ConsumerGroupTargetAssignmentMemberValue()
                                        .setTopicPartitions(
                                                List.of(
                                                        new TopicPartition()
                                                                .setTopicId(TOPIC)
                                                                .setPartitions(List.of(0, 3))))));
    }

    @Test
    void whatMembersHaveIsWrittenAsKafkaDoes() {
        var current = ConsumerRecords.current("g", MEMBER);

        assertThat(current.value())
                .isEqualTo(
                        kafka(
                                new ConsumerGroupCurrentMemberAssignmentValue()
                                        .setMemberEpoch(7)
                                        .setPreviousMemberEpoch(6)
                                        .setState((byte) 1)
                                        .setAssignedPartitions(
                                                List.of(
                                                        new TopicPartitions()
                                                                .setTopicId(TOPIC)
                                                                .setPartitions(List.of(0, 3))
                                                                .setAssignmentEpochs(
                                                                        List.of(5, 7))))
                                        .setPartitionsPendingRevocation(
                                                List.of(
                                                        new TopicPartitions()
                                                                .setTopicId(TOPIC)
                                                                .setPartitions(List.of(4))
                                                                .setAssignmentEpochs(
                                                                        List.of(2))))));
        var key = ByteBuffer.wrap(current.key());
        assertThat(key.getShort()).isEqualTo((short) 8);
        var read =
                new ConsumerGroupCurrentMemberAssignmentKey(new ByteBufferAccessor(key), (short) 0);
        assertThat(read.memberId()).isEqualTo("m");
    }

    @Test
    void patternsAreWrittenAsKafkaDoes() {
        var resolved = new Resolved(TreePSet.from(List.of("a1", "a2")), 12, 34);

        assertThat(ConsumerRecords.pattern("g", "a.*", resolved).value())
                .isEqualTo(
                        kafka(
                                new ConsumerGroupRegularExpressionValue()
                                        .setTopics(List.of("a1", "a2"))
                                        .setVersion(12)
                                        .setTimestamp(34)));
    }

    @Test
    void theOrderOfKeysDoesNotMatterToWhoReplaysThem() {
        var group =
                replayed(
                        ConsumerGroup.empty("g"),
                        ConsumerRecords.member("g", MEMBER),
                        ConsumerRecords.current("g", MEMBER));

        assertThat(group.members().get("m")).isEqualTo(MEMBER);
        assertThat(group.ownerOf(TOPIC, 4)).isEqualTo("m");
        assertThat(
                        replayed(
                                ConsumerGroup.empty("g"),
                                ConsumerRecords.current("g", MEMBER),
                                ConsumerRecords.member("g", MEMBER)))
                .isEqualTo(group);
    }

    @Test
    void recordsOfOlderReleasesSayNoEpochsOfPartitions() {
        byte[] old =
                kafka(
                        new ConsumerGroupCurrentMemberAssignmentValue()
                                .setMemberEpoch(7)
                                .setAssignedPartitions(
                                        List.of(
                                                new TopicPartitions()
                                                        .setTopicId(TOPIC)
                                                        .setPartitions(List.of(1)))));

        var group =
                replayed(
                        ConsumerGroup.empty("g"),
                        new LogRecord(ConsumerRecords.current("g", MEMBER).key(), old));

        assertThat(group.members().get("m").assigned())
                .isEqualTo(Assignment.NONE.plus(TOPIC, 1, 7));
    }
}
