package io.tombolo.broker.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.RequestDecoder;
import io.tombolo.protocol.ResponseEncoder;
import io.tombolo.protocol.ServedApis;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.RequestEncoder;
import io.tombolo.protocol.client.ResponseDecoder;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftError;
import io.tombolo.raft.core.RaftMessage.Answer;
import io.tombolo.raft.core.RaftMessage.BeginEpochAnswer;
import io.tombolo.raft.core.RaftMessage.BeginEpochRequest;
import io.tombolo.raft.core.RaftMessage.EndEpochAnswer;
import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotRequest;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.PresenceAnswer;
import io.tombolo.raft.core.RaftMessage.PresenceRequest;
import io.tombolo.raft.core.RaftMessage.Request;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;
import io.tombolo.raft.core.RaftMessage.VoteRequest;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;

import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** The quorum's messages through Kafka's frames and back. */
class RaftWireTest {

    private static final String CLUSTER = "xVbXkfgpQxGZbmBaBlNZ4w";
    private static final ReplicaKey ONE = new ReplicaKey(1, new UUID(11, 12));
    private static final ReplicaKey TWO = new ReplicaKey(1002, new UUID(-21, 22));
    private static final OffsetAndEpoch END = new OffsetAndEpoch(1L << 40, 7);
    private static final VoterSet.Voter THERE =
            new VoterSet.Voter(
                    ONE, new TreeMap<>(Map.of("INTERNAL", new Endpoint("eu-1.shop", 25092))));
    private static final LeaderAndEpoch LEADER = new LeaderAndEpoch(1002, 9);

    static Stream<Request> requests() {
        return Stream.of(
                new VoteRequest(ONE, TWO, 5, END, true),
                new VoteRequest(ONE, TWO, 5, OffsetAndEpoch.ZERO, false),
                new BeginEpochRequest(ONE, LEADER),
                new EndEpochRequest(LEADER, List.of(ONE, TWO)),
                new EndEpochRequest(LEADER, List.of()),
                new FetchRequest(TWO, 9, END, 17, 8 << 20, 500_000_000),
                new FetchRequest(TWO, 0, OffsetAndEpoch.ZERO, 0, 1, 0),
                new FetchSnapshotRequest(TWO, 9, END, 123, 1 << 20));
    }

    static Stream<Answer> answers() {
        var unknown = new LeaderAndEpoch(LeaderAndEpoch.NO_LEADER, 4);
        var batches =
                List.of(
                        new LogBatch(5, 3, true, List.of(new byte[] {0, 2, 9, 9})),
                        new LogBatch(6, 3, false, List.of(new byte[] {1, 2, 3}, new byte[0])));
        return Stream.of(
                new VoteAnswer(RaftError.NONE, unknown, true),
                new PresenceAnswer(RaftError.NONE, LEADER, THERE, 0, List.of()),
                new PresenceAnswer(RaftError.NONE, unknown, THERE, 1L << 40, List.of(ONE, TWO)),
                new BeginEpochAnswer(RaftError.NONE, LEADER),
                new EndEpochAnswer(RaftError.NONE, LEADER),
                new FetchAnswer(RaftError.NONE, LEADER, 12, new Fetched.Records(batches)),
                new FetchAnswer(RaftError.NONE, LEADER, 12, Fetched.Records.NONE),
                new FetchAnswer(RaftError.NONE, LEADER, 12, new Fetched.Diverging(END)),
                new FetchAnswer(
                        RaftError.NONE, LEADER, 12, new Fetched.Diverging(OffsetAndEpoch.ZERO)),
                new FetchAnswer(RaftError.NONE, LEADER, 12, new Fetched.Snapshot(END)));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestComesOutOfItsFrameAsItWentIn(Request request) {
        RaftRequests.Outgoing outgoing = new RaftRequests(CLUSTER).encode(request);
        short version = outgoing.versions().max();
        ByteBuffer frame =
                Frames.joined(
                        new RequestEncoder("broker-2")
                                .encode(outgoing.api(), version, 3, outgoing.body()));

        var decoded = new RequestDecoder(ServedApis.internalListener()).decode(frame);

        assertThat(decoded).isInstanceOf(DecodedFrame.Accepted.class);
        ApiMessage body = ((DecodedFrame.Accepted) decoded).request().body();
        RaftRequests.Incoming incoming = RaftRequests.decode(body).orElseThrow();
        assertThat(incoming.request()).isEqualTo(request);
        assertThat(incoming.clusterId()).contains(CLUSTER);
        assertThat(incoming.from()).isEqualTo(1002);
    }

    @Test
    void theQuestionWhoIsThereNamesNoSender() {
        ApiMessage body = new RaftRequests(CLUSTER).encode(new PresenceRequest()).body();

        assertThat(RaftRequests.decode(body))
                .contains(
                        new RaftRequests.Incoming(
                                Optional.empty(), RaftRequests.NOBODY_SAYS, new PresenceRequest()));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void anAnswerComesOutOfItsFrameAsItWentIn(Answer answer) {
        assertThat(throughTheWire(answer)).get().usingRecursiveComparison().isEqualTo(answer);
    }

    @Test
    void aPieceOfASnapshotComesOutAsItWentIn() {
        var answer =
                new FetchSnapshotAnswer(
                        RaftError.NONE, LEADER, END, 1_000, 200, new byte[] {5, 6, 7, 8});

        assertThat(throughTheWire(answer)).get().usingRecursiveComparison().isEqualTo(answer);
    }

    @ParameterizedTest
    @EnumSource(RaftError.class)
    void everyErrorHasItsNumber(RaftError error) {
        assertThat(throughTheWire(new BeginEpochAnswer(error, LEADER)))
                .contains(new BeginEpochAnswer(error, LEADER));
    }

    @ParameterizedTest
    @EnumSource(
            value = ApiKeys.class,
            names = {
                "VOTE",
                "BEGIN_QUORUM_EPOCH",
                "END_QUORUM_EPOCH",
                "FETCH",
                "FETCH_SNAPSHOT",
                "DESCRIBE_QUORUM"
            })
    void aRefusedRequestHasNoAnswer(ApiKeys api) {
        ApiMessage refusal = RaftAnswers.refusal(api, Errors.INCONSISTENT_CLUSTER_ID);

        assertThat(RaftAnswers.decode(refusal)).isEmpty();
    }

    @Test
    void aRequestAboutAnotherTopicIsNotTheQuorums() {
        var vote =
                new VoteRequestData()
                        .setTopics(List.of(new VoteRequestData.TopicData().setTopicName("orders")));

        assertThat(RaftRequests.decode(vote)).isEmpty();
    }

    private static Optional<Answer> throughTheWire(Answer answer) {
        ApiKeys api =
                switch (answer) {
                    case VoteAnswer _ -> ApiKeys.VOTE;
                    case BeginEpochAnswer _ -> ApiKeys.BEGIN_QUORUM_EPOCH;
                    case EndEpochAnswer _ -> ApiKeys.END_QUORUM_EPOCH;
                    case FetchAnswer _ -> ApiKeys.FETCH;
                    case FetchSnapshotAnswer _ -> ApiKeys.FETCH_SNAPSHOT;
                    case PresenceAnswer _ -> ApiKeys.DESCRIBE_QUORUM;
                };
        short version = ServedApis.internalListener().range(api).max();
        ByteBuffer frame =
                Frames.joined(ResponseEncoder.encode(api, version, 3, RaftAnswers.encode(answer)));
        return new ResponseDecoder().decode(frame, api, version)
                        instanceof DecodedResponse.Answer(int _, ApiMessage body)
                ? RaftAnswers.decode(body)
                : Optional.empty();
    }
}
