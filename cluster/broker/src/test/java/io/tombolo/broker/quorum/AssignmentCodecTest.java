package io.tombolo.broker.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.AssignReplicasToDirs;
import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Log directories of replicas as Kafka's messages and back. */
class AssignmentCodecTest {

    private static final PartitionId ORDERS_0 = new PartitionId(new Uuid(1, 2), 0);
    private static final PartitionId ORDERS_7 = new PartitionId(new Uuid(1, 2), 7);
    private static final PartitionId BILLS_0 = new PartitionId(new Uuid(3, 4), 0);
    private static final AssignReplicasToDirs COMMAND =
            new AssignReplicasToDirs(
                    1,
                    70,
                    new TreeMap<>(
                            Map.of(
                                    ORDERS_0, new Uuid(9, 1),
                                    ORDERS_7, new Uuid(9, 2),
                                    BILLS_0, new Uuid(9, 1))));

    @Test
    void aRequestComesBackAsItWas() {
        assertThat(AssignmentCodec.decode(AssignmentCodec.encode(COMMAND))).isEqualTo(COMMAND);
    }

    @Test
    void everyReplicaIsAnsweredUnderItsDirectory() {
        var parts = new LinkedHashMap<PartitionId, Answer<Applied>>();
        parts.put(ORDERS_0, new Answer.Done<>(new Applied()));
        parts.put(BILLS_0, new Answer.Done<>(new Applied()));
        parts.put(ORDERS_7, new Refusal(Errors.LOG_DIR_NOT_FOUND, "no").answer());

        var response =
                AssignmentCodec.encode(AssignmentCodec.encode(COMMAND), new Answer.Done<>(parts));

        assertThat(response.directories()).hasSize(2);
        var back = AssignmentCodec.decode(response);
        assertThat(back.get(ORDERS_0)).isInstanceOf(Answer.Done.class);
        assertThat(back.get(BILLS_0)).isInstanceOf(Answer.Done.class);
        assertThat(back.get(ORDERS_7))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(Errors.LOG_DIR_NOT_FOUND));
    }

    @Test
    void aRequestThatIsRefusedAsAWholeTellsOnlyWhy() {
        var response =
                AssignmentCodec.encode(
                        AssignmentCodec.encode(COMMAND),
                        new Refusal(Errors.STALE_BROKER_EPOCH, "old").answer());

        assertThat(response.errorCode()).isEqualTo(Errors.STALE_BROKER_EPOCH.code());
        assertThat(response.directories()).isEmpty();
    }
}
