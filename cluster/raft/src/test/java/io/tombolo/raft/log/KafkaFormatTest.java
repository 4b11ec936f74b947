package io.tombolo.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.core.ControlRecord;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;

import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** What is written here can be read by Kafka's own classes. */
class KafkaFormatTest {

    private static final ReplicaKey FIRST = new ReplicaKey(1, new UUID(11, 12));
    private static final ReplicaKey SECOND = new ReplicaKey(2, new UUID(21, 22));

    @Test
    void kafkaReadsABatchAndFindsItsChecksumRight() throws Exception {
        var batch = new LogBatch(40, 6, false, List.of("x".getBytes(), new byte[300]));

        var read = MemoryRecords.readableRecords(BatchCodec.encode(batch)).batches();

        var found = read.iterator().next();
        found.ensureValid();
        assertThat(found.baseOffset()).isEqualTo(40);
        assertThat(found.lastOffset()).isEqualTo(41);
        assertThat(found.partitionLeaderEpoch()).isEqualTo(6);
        assertThat(found.iterator().next().value()).isEqualTo(ByteBuffer.wrap("x".getBytes()));
    }

    @Test
    void kafkaReadsALeaderChange() throws Exception {
        var change = new ControlRecord.LeaderChange(1, List.of(FIRST, SECOND), List.of(SECOND));

        var read = new LeaderChangeMessage(valueIn(change), (short) 1);

        assertThat(read.leaderId()).isEqualTo(1);
        assertThat(read.voters()).hasSize(2);
        assertThat(read.grantingVoters().getFirst().voterId()).isEqualTo(2);
        assertThat(read.voters().getFirst().voterDirectoryId().getLeastSignificantBits())
                .isEqualTo(12);
    }

    @Test
    void kafkaReadsTheVoters() throws Exception {
        var listeners = new TreeMap<String, Endpoint>();
        listeners.put("CONTROLLER", new Endpoint("host", 50_000));
        var set = VoterSet.of(List.of(new VoterSet.Voter(FIRST, listeners)));

        var read = new VotersRecord(valueIn(new ControlRecord.Voters(set)), (short) 0);

        var voter = read.voters().getFirst();
        assertThat(voter.voterId()).isEqualTo(1);
        assertThat(voter.endpoints().find("CONTROLLER").port()).isEqualTo(50_000);
        assertThat(voter.kRaftVersionFeature().maxSupportedVersion()).isEqualTo((short) 1);
    }

    /** The value of the record as it stands in a log file. */
    private static ByteBufferAccessor valueIn(ControlRecord record) {
        var batch = new LogBatch(0, 1, true, List.of(record.encode()));
        var found = MemoryRecords.readableRecords(BatchCodec.encode(batch)).batches();
        assertThat(found.iterator().next().isControlBatch()).isTrue();
        return new ByteBufferAccessor(found.iterator().next().iterator().next().value());
    }

    @Test
    void controlRecordsComeBackAsTheyWere() throws Exception {
        var listeners = new TreeMap<String, Endpoint>();
        listeners.put("A", new Endpoint("h", 9));
        List<ControlRecord> all =
                List.of(
                        new ControlRecord.LeaderChange(3, List.of(FIRST), List.of()),
                        new ControlRecord.Voters(
                                VoterSet.of(
                                        List.of(
                                                new VoterSet.Voter(FIRST, listeners),
                                                new VoterSet.Voter(SECOND, new TreeMap<>())))),
                        new ControlRecord.SnapshotHeader(77),
                        new ControlRecord.SnapshotFooter());
        var batch = new LogBatch(5, 2, true, all.stream().map(ControlRecord::encode).toList());

        LogBatch read = BatchCodec.decode(BatchCodec.encode(batch));

        assertThat(read.records().stream().map(ControlRecord::decode).toList()).isEqualTo(all);
    }

    @Test
    void everyAlteredOrCutBatchIsRefused() {
        var batch = new LogBatch(40, 6, false, List.of("xyz".getBytes(), new byte[30]));
        byte[] whole = BatchCodec.encode(batch).array();

        for (int position = 8; position < whole.length; position++) {
            byte[] altered = whole.clone();
            altered[position] ^= 0x10;
            boolean covered = position < 12 || position >= 16;
            if (covered) {
                assertThatThrownBy(() -> BatchCodec.decode(ByteBuffer.wrap(altered)))
                        .isInstanceOf(CorruptBatchException.class);
            }
        }
        for (int length = 0; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
            assertThatThrownBy(() -> BatchCodec.decode(cut))
                    .isInstanceOf(CorruptBatchException.class);
        }
    }
}
