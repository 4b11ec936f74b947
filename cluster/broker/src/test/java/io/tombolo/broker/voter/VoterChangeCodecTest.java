package io.tombolo.broker.voter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.core.VoterSet;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

class VoterChangeCodecTest {

    private static final ReplicaKey KEY = new ReplicaKey(1003, new UUID(-5, 6));
    private static final VoterSet.Voter VOTER =
            new VoterSet.Voter(
                    KEY, new TreeMap<>(Map.of("INTERNAL", new Endpoint("eu-3.shop", 25094))));

    static Stream<VoterChange> changes() {
        return Stream.of(
                new VoterChange.Add(VOTER),
                new VoterChange.Remove(KEY),
                new VoterChange.Update(VOTER));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeComesOutAsItWentInAndNamesItsCluster(VoterChange change) {
        VoterChangeCodec.Outgoing outgoing = VoterChangeCodec.encode("shop", 7, change);

        assertThat(VoterChangeCodec.decode(outgoing.body())).isEqualTo(change);
        assertThat(VoterChangeCodec.clusterIdOf(outgoing.body())).isEqualTo("shop");
        assertThat(outgoing.api().id).isEqualTo(outgoing.body().apiKey());
    }

    @Test
    void aReplicaThatAsksToBeAddedDoesNotWaitForTheCommit() {
        var body = VoterChangeCodec.encode("shop", 7, new VoterChange.Add(VOTER)).body();

        assertThat(((AddRaftVoterRequestData) body).ackWhenCommitted()).isFalse();
    }

    @Test
    void aReplicaIsNamedByNodeAndDirectory() {
        var noDirectory = new RemoveRaftVoterRequestData().setVoterId(3);
        var noNode =
                new RemoveRaftVoterRequestData().setVoterId(-1).setVoterDirectoryId(new Uuid(1, 2));

        assertThatThrownBy(() -> VoterChangeCodec.decode(noDirectory))
                .hasMessageContaining("names no replica");
        assertThatThrownBy(() -> VoterChangeCodec.decode(noNode))
                .hasMessageContaining("names no replica");
    }
}
