package io.tombolo.broker.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.RequestDecoder;
import io.tombolo.protocol.ResponseEncoder;
import io.tombolo.protocol.ServedApis;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.RequestEncoder;
import io.tombolo.protocol.client.ResponseDecoder;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Proposals through Kafka's frames and back. */
class AlterPartitionCodecTest {

    private static final PartitionId ORDERS_0 = new PartitionId(new Uuid(1, 2), 0);
    private static final PartitionId ORDERS_7 = new PartitionId(new Uuid(1, 2), 7);
    private static final PartitionId BILLS_0 = new PartitionId(new Uuid(3, 4), 0);
    private static final PartitionState LED_BY_ONE =
            new PartitionState(1, 4, BrokerIds.of(1, 2), LeaderRecovery.RECOVERED, 9);

    @Test
    void aRequestComesOutOfItsFrameAsItWentIn() {
        var command =
                new AlterPartitions(
                        1,
                        70,
                        List.of(
                                proposal(ORDERS_0, LeaderRecovery.RECOVERED, 1, 2, 3),
                                proposal(ORDERS_7, LeaderRecovery.RECOVERING, 1),
                                proposal(BILLS_0, LeaderRecovery.RECOVERED, 1, 3)));

        assertThat(AlterPartitionCodec.decode(through(AlterPartitionCodec.encode(command), 3)))
                .isEqualTo(command);
    }

    @Test
    void version2DoesNotTellTheBrokerEpochsOfItsMembers() {
        var partition =
                new AlterPartitionRequestData.PartitionData()
                        .setPartitionIndex(7)
                        .setLeaderEpoch(4)
                        .setPartitionEpoch(8)
                        .setNewIsr(List.of(1, 3));
        var topic =
                new AlterPartitionRequestData.TopicData()
                        .setTopicId(ORDERS_7.topicId())
                        .setPartitions(List.of(partition));
        var request =
                new AlterPartitionRequestData()
                        .setBrokerId(1)
                        .setBrokerEpoch(70)
                        .setTopics(List.of(topic));

        AlterPartitions command = AlterPartitionCodec.decode(through(request, 2));

        assertThat(command.partitions().getFirst().isr())
                .containsExactly(new Member(1, -1), new Member(3, -1));
    }

    @Test
    void everyPartitionIsAnsweredWithItsStateOrItsError() {
        var states = new LinkedHashMap<PartitionId, Answer<PartitionState>>();
        states.put(ORDERS_0, new Answer.Done<>(LED_BY_ONE));
        states.put(ORDERS_7, new Refusal(Errors.INELIGIBLE_REPLICA, "fenced").answer());

        var response = through(AlterPartitionCodec.encode(1, new Answer.Done<>(states)));
        var back = AlterPartitionCodec.decode(response);

        assertThat(response.errorCode()).isZero();
        assertThat(back.get(ORDERS_0)).isEqualTo(new Answer.Done<>(LED_BY_ONE));
        assertThat(back.get(ORDERS_7))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused ->
                                assertThat(refused.error()).isEqualTo(Errors.INELIGIBLE_REPLICA));
    }

    @Test
    void aLeaderThatLeadsNoMoreIsToldThatAnotherWasElected() {
        Map<PartitionId, Answer<PartitionState>> states =
                Map.of(ORDERS_0, new Answer.Done<>(LED_BY_ONE));

        var response = through(AlterPartitionCodec.encode(2, new Answer.Done<>(states)));

        assertThat(response.topics().getFirst().partitions().getFirst().errorCode())
                .isEqualTo(Errors.NEW_LEADER_ELECTED.code());
    }

    @Test
    void aRequestThatIsRefusedAsAWholeHasNoPartitionsInItsAnswer() {
        var response =
                through(
                        AlterPartitionCodec.encode(
                                1, new Refusal(Errors.STALE_BROKER_EPOCH, "old").answer()));

        assertThat(response.errorCode()).isEqualTo(Errors.STALE_BROKER_EPOCH.code());
        assertThat(response.topics()).isEmpty();
    }

    private static Proposal proposal(PartitionId id, LeaderRecovery recovery, int... isr) {
        List<Member> members =
                Arrays.stream(isr).mapToObj(one -> new Member(one, 70L + one)).toList();
        return new Proposal(id, 4, 8, members, recovery);
    }

    private static AlterPartitionRequestData through(AlterPartitionRequestData body, int version) {
        var api = ApiKeys.ALTER_PARTITION;
        var frame = new RequestEncoder("broker-1").encode(api, (short) version, 3, body);
        var decoder = new RequestDecoder(ServedApis.internalListener());
        return decoder.decode(Frames.joined(frame)) instanceof DecodedFrame.Accepted(var request)
                ? (AlterPartitionRequestData) request.body()
                : new AlterPartitionRequestData();
    }

    private static AlterPartitionResponseData through(AlterPartitionResponseData body) {
        var api = ApiKeys.ALTER_PARTITION;
        var frame = Frames.joined(ResponseEncoder.encode(api, (short) 3, 3, body));
        return new ResponseDecoder().decode(frame, api, (short) 3)
                        instanceof DecodedResponse.Answer(int _, var answer)
                ? (AlterPartitionResponseData) answer
                : new AlterPartitionResponseData();
    }
}
