package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;

/** Changes of voters, as far as a quorum of one can show. */
class VoterContractEndToEnd {

    private static final Uuid SOME_DIRECTORY = new Uuid(77, 78);

    @ContractTest
    @DisplayName("DescribeQuorum names the directory and the address of its voter")
    void aVoterHasADirectoryAndAnAddress(Subject subject) {
        try (var client = subject.connect()) {
            DescribeQuorumResponseData quorum = client.call(quorum(), 2);

            assertThat(voter(quorum).replicaDirectoryId()).isNotEqualTo(Uuid.ZERO_UUID);
            assertThat(quorum.nodes())
                    .singleElement()
                    .satisfies(node -> assertThat(node.listeners()).isNotEmpty());
        }
    }

    @ContractTest
    @DisplayName("a node that votes is not added again under another directory")
    void aNodeVotesOnce(Subject subject) {
        try (var client = subject.connect()) {
            int node = voter(client.call(quorum(), 2)).replicaId();

            AddRaftVoterResponseData answer = client.call(add(node, SOME_DIRECTORY), 1);

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.DUPLICATE_VOTER);
            assertThat(answer.errorMessage()).isNotBlank();
        }
    }

    @ContractTest
    @DisplayName("a replica that never fetched is not added")
    void aStrangerIsNotAdded(Subject subject) {
        try (var client = subject.connect()) {
            AddRaftVoterResponseData answer = client.call(add(4711, SOME_DIRECTORY), 1);

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.REQUEST_TIMED_OUT);
            DescribeQuorumResponseData quorum = client.call(quorum(), 2);
            assertThat(quorum.topics().getFirst().partitions().getFirst().currentVoters())
                    .hasSize(1);
        }
    }

    @ContractTest
    @DisplayName("a voter is added with an address, of a node and a directory, to its cluster")
    void anAdditionThatLacksSomethingIsRefused(Subject subject) {
        try (var client = subject.connect()) {
            for (AddRaftVoterRequestData lacking :
                    List.of(
                            add(4711, Uuid.ZERO_UUID),
                            add(-1, SOME_DIRECTORY),
                            add(4711, SOME_DIRECTORY)
                                    .setListeners(
                                            new AddRaftVoterRequestData.ListenerCollection()))) {
                AddRaftVoterResponseData answer = client.call(lacking, 1);
                assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
            }
            AddRaftVoterResponseData foreign =
                    client.call(add(4711, SOME_DIRECTORY).setClusterId("another"), 1);
            assertThat(Errors.forCode(foreign.errorCode()))
                    .isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        }
    }

    @ContractTest
    @DisplayName("only a voter is removed, named by node and directory")
    void onlyAVoterIsRemoved(Subject subject) {
        try (var client = subject.connect()) {
            int node = voter(client.call(quorum(), 2)).replicaId();

            assertThat(error(client.call(remove(node, SOME_DIRECTORY), 0)))
                    .isEqualTo(Errors.VOTER_NOT_FOUND);
            assertThat(error(client.call(remove(4711, SOME_DIRECTORY), 0)))
                    .isEqualTo(Errors.VOTER_NOT_FOUND);
            assertThat(error(client.call(remove(node, Uuid.ZERO_UUID), 0)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(error(client.call(remove(4711, SOME_DIRECTORY).setClusterId("another"), 0)))
                    .isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        }
    }

    private static Errors error(RemoveRaftVoterResponseData answer) {
        return Errors.forCode(answer.errorCode());
    }

    private static AddRaftVoterRequestData add(int node, Uuid directory) {
        var listeners = new AddRaftVoterRequestData.ListenerCollection();
        // The name of the twin's listener for controllers; port 9 is nobody's.
        listeners.add(
                new AddRaftVoterRequestData.Listener()
                        .setName("CONTROLLER")
                        .setHost("127.0.0.1")
                        .setPort(9));
        return new AddRaftVoterRequestData()
                .setClusterId(null)
                .setVoterId(node)
                .setVoterDirectoryId(directory)
                .setTimeoutMs(500)
                .setListeners(listeners);
    }

    private static RemoveRaftVoterRequestData remove(int node, Uuid directory) {
        return new RemoveRaftVoterRequestData()
                .setClusterId(null)
                .setVoterId(node)
                .setVoterDirectoryId(directory);
    }

    private static DescribeQuorumRequestData quorum() {
        return new DescribeQuorumRequestData()
                .setTopics(
                        List.of(
                                new DescribeQuorumRequestData.TopicData()
                                        .setTopicName("__cluster_metadata")
                                        .setPartitions(
                                                List.of(
                                                        new DescribeQuorumRequestData
                                                                .PartitionData()))));
    }

    private static ReplicaState voter(DescribeQuorumResponseData quorum) {
        return quorum.topics().getFirst().partitions().getFirst().currentVoters().getFirst();
    }
}
