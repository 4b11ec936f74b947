package io.tombolo.metadata.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class MetadataRecordCodecTest {

    @ParameterizedTest
    @EnumSource(RecordType.class)
    void everyRecordComesBackAsItWent(RecordType type) {
        var records = new RandomRecords(type.code());
        for (int i = 0; i < 200; i++) {
            MetadataRecord record = records.next(type);

            MetadataRecord back = MetadataRecordCodec.decode(MetadataRecordCodec.encode(record));

            assertThat(back).isEqualTo(record);
        }
    }

    @ParameterizedTest
    @EnumSource(RecordType.class)
    void aRecordThatEndsEarlyIsRefused(RecordType type) {
        byte[] bytes = MetadataRecordCodec.encode(new RandomRecords(7).next(type));

        for (int length = 0; length < bytes.length; length++) {
            byte[] torn = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> MetadataRecordCodec.decode(torn))
                    .isInstanceOf(UnreadableRecord.class);
        }
    }

    @ParameterizedTest
    @EnumSource(RecordType.class)
    void unknownTaggedFieldsAreSkipped(RecordType type) {
        byte[] bytes = withoutTags(type);
        MetadataRecord record = MetadataRecordCodec.decode(bytes);

        // The last byte is the count of tagged fields: 0. Make it one field: tag 200, 3 bytes.
        byte[] newer = Arrays.copyOf(bytes, bytes.length + 6);
        newer[bytes.length - 1] = 1;
        newer[bytes.length] = (byte) 0xC8;
        newer[bytes.length + 1] = 1;
        newer[bytes.length + 2] = 3;

        assertThat(MetadataRecordCodec.decode(newer)).isEqualTo(record);
    }

    /** A record without tagged fields, as every release before had them. */
    private static byte[] withoutTags(RecordType type) {
        return switch (type) {
            case OWNERSHIP ->
                    MetadataRecordCodec.encode(
                            new OwnershipRecord(
                                    new Ownership(
                                            new DomainName("d"),
                                            new RegionId("r"),
                                            1,
                                            Ownership.Mode.STEADY),
                                    "cause"));
            case PARTITION_CHANGED ->
                    MetadataRecordCodec.encode(
                            new PartitionChanged(new Uuid(1, 2), 3, 4, List.of()));
            case PARTITION_CREATED ->
                    MetadataRecordCodec.encode(
                            new PartitionCreated(
                                    new Uuid(1, 2),
                                    3,
                                    PartitionRegistration.created(BrokerIds.of(1, 2), List.of())));
            case BROKER_REGISTERED ->
                    MetadataRecordCodec.encode(
                            new BrokerRegistered(
                                    new BrokerRegistration(
                                            1,
                                            new Uuid(1, 2),
                                            3,
                                            new BrokerRegistration.Endpoints(List.of(), "r"),
                                            List.of(new Uuid(3, 4)),
                                            true)));
            case BROKER_CHANGE -> MetadataRecordCodec.encode(new BrokerChange(1, 2, true));
            default -> MetadataRecordCodec.encode(new RandomRecords(3).next(type));
        };
    }

    @Test
    void recordsOfTheFirstReleaseStillMeanWhatTheyMeant() {
        var to = new FieldWriter().number(RecordType.PARTITION_CREATED.code()).number(0);
        to.uuid(new Uuid(1, 2)).number(0).brokers(BrokerIds.of(1, 2)).brokers(BrokerIds.of(1));
        to.number(1).number(7).number(8).uuids(List.of()).tags(0);
        var change = new FieldWriter().number(RecordType.BROKER_CHANGE.code()).number(0);
        change.number(4).number(5).flag(true).tags(0);

        assertThat(MetadataRecordCodec.decode(to.toBytes()))
                .isEqualTo(
                        new PartitionCreated(
                                new Uuid(1, 2),
                                0,
                                new PartitionRegistration(
                                        BrokerIds.of(1, 2), BrokerIds.of(1), 1, 7, 8, List.of())));
        assertThat(MetadataRecordCodec.decode(change.toBytes()))
                .isEqualTo(new BrokerChange(4, 5, true, false, List.of()));
    }

    @Test
    void unknownChangesOfAPartitionAreSkipped() {
        var to = new FieldWriter();
        to.number(RecordType.PARTITION_CHANGED.code()).number(0);
        to.uuid(new Uuid(1, 2)).number(3).number(4).tags(3);
        to.tag(0, field -> field.number(5));
        to.tag(77, field -> field.string("from the future"));
        to.tag(1, field -> field.number(6));

        MetadataRecord record = MetadataRecordCodec.decode(to.toBytes());

        assertThat(record)
                .isEqualTo(
                        new PartitionChanged(
                                new Uuid(1, 2),
                                3,
                                4,
                                List.of(
                                        new PartitionChange.Leader(5),
                                        new PartitionChange.LeaderEpoch(6))));
    }

    @Test
    void anUnknownTypeIsRefusedByName() {
        byte[] bytes = new FieldWriter().number(9_999).number(0).tags(0).toBytes();

        assertThatThrownBy(() -> MetadataRecordCodec.decode(bytes))
                .isInstanceOf(UnreadableRecord.class)
                .hasMessageContaining("type 9999 is unknown");
    }

    @Test
    void aNewerVersionIsRefusedWithWhatIsUnderstood() {
        byte[] bytes = new FieldWriter().number(20).number(1).toBytes();

        assertThatThrownBy(() -> MetadataRecordCodec.decode(bytes))
                .hasMessageContaining("TOPIC_CREATED has version 1")
                .hasMessageContaining("0 to 0");
    }

    @Test
    void bytesLeftOverAreRefused() {
        byte[] bytes = MetadataRecordCodec.encode(new TopicCreated("orders", new Uuid(1, 2)));

        assertThatThrownBy(() -> MetadataRecordCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessageContaining("left over");
    }

    @Test
    void aHugeCountIsRefusedBeforeAnythingIsAllocated() {
        var to = new FieldWriter().number(RecordType.BROKER_REGISTERED.code()).number(0);
        to.number(1).uuid(new Uuid(1, 2)).number(3);
        byte[] start = to.toBytes();
        byte[] bytes = Arrays.copyOf(start, start.length + 5);
        Arrays.fill(bytes, start.length, bytes.length - 1, (byte) 0xFF);
        bytes[bytes.length - 1] = 7;

        assertThatThrownBy(() -> MetadataRecordCodec.decode(bytes))
                .isInstanceOf(UnreadableRecord.class)
                .hasMessageContaining("a count of");
    }

    @Test
    void garbageIsRefusedAndNothingElse() {
        var random = new Random(42);
        int understood = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 2) {
                bytes[0] = (byte) (random.nextInt(60) * 2);
                bytes[1] = 0;
            }
            try {
                MetadataRecordCodec.decode(ByteBuffer.wrap(bytes));
                understood++;
            } catch (UnreadableRecord refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
        assertThat(understood).isLessThan(25_000);
    }

    @Test
    void flippedBitsNeverDoWorseThanARefusal() {
        var random = new Random(43);
        var records = new RandomRecords(44);
        for (RecordType type : RecordType.values()) {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = MetadataRecordCodec.encode(records.next(type));
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                try {
                    MetadataRecordCodec.decode(bytes);
                } catch (UnreadableRecord refused) {
                    assertThat(refused.getMessage()).isNotBlank();
                }
            }
        }
    }
}
