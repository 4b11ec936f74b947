package io.tombolo.broker.voter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.RaftMessage.Past;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.region.BrokerId;
import io.tombolo.region.topology.Region;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

class PatienceTest {

    private static final LeaderAndEpoch NOBODY = new LeaderAndEpoch(LeaderAndEpoch.NO_LEADER, 4);
    private static final Region.Nodes BROKERS =
            Region.Nodes.combined(
                    IntStream.rangeClosed(1, 3).mapToObj(PatienceTest::broker).toList());

    private static final VoterSet VOTERS = VoterSet.ofKeys(key(1, 1), key(2, 1), key(3, 1));

    private static Region.Broker broker(int number) {
        var at = new Endpoint("b" + number, 9000);
        return new Region.Broker(
                number,
                new BrokerId(number),
                new Region.Listeners(at, at, at, at),
                Optional.empty());
    }

    private static ReplicaKey key(int node, int disk) {
        return new ReplicaKey(node, new UUID(disk, node));
    }

    private static RaftStatus status(LeaderAndEpoch leader, VoterSet voters, Integer... awaited) {
        return new RaftStatus(
                "Observer",
                leader,
                OffsetAndEpoch.ZERO,
                0,
                0,
                voters,
                List.of(),
                List.of(awaited),
                Past.NONE,
                Room.AMPLE);
    }

    private static RaftStatus without(Past past) {
        return new RaftStatus(
                "Observer",
                NOBODY,
                OffsetAndEpoch.ZERO,
                0,
                0,
                VoterSet.UNKNOWN,
                List.of(),
                List.of(2, 3),
                past,
                Room.AMPLE);
    }

    @Test
    void whoKnowsALeaderWaitsForNobody() {
        var patience = new Patience(key(2, 1), BROKERS);

        assertThat(patience.reason(status(new LeaderAndEpoch(3, 4), VOTERS))).isEmpty();
    }

    @Test
    void aNewRegionNamesThoseThatWereNotThere() {
        var patience = new Patience(key(1, 1), BROKERS);

        assertThat(patience.reason(status(NOBODY, VoterSet.UNKNOWN, 2, 3)))
                .hasValueSatisfying(reason ->
                        assertThat(reason).endsWith("broker 2 (b2:9000), broker 3 (b3:9000)"));
    }

    @Test
    void othersOfANewRegionNameTheOneThatBeginsIt() {
        var patience = new Patience(key(3, 1), BROKERS);

        assertThat(patience.reason(status(NOBODY, VoterSet.UNKNOWN)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("begun by broker 1 "));
    }

    @Test
    void aVoterNamesTheOthersOfItsMajority() {
        var patience = new Patience(key(2, 1), BROKERS);

        assertThat(patience.reason(status(NOBODY, VOTERS)))
                .hasValueSatisfying(reason ->
                        assertThat(reason)
                                .contains("a majority of the voters")
                                .endsWith("broker 1 (b1:9000), broker 3 (b3:9000)"));
    }

    @Test
    void aNewDiskSaysThatAnotherOneVotes() {
        var patience = new Patience(key(2, 9), BROKERS);

        assertThat(patience.reason(status(NOBODY, VOTERS)))
                .hasValueSatisfying(
                        reason -> assertThat(reason).startsWith("another disk of this broker"));
    }

    @Test
    void whoHasLostTheMetadataNamesWhoMayHaveThem() {
        var patience = new Patience(key(2, 1), BROKERS);

        assertThat(patience.reason(without(Past.REMEMBERED)))
                .hasValueSatisfying(reason ->
                        assertThat(reason)
                                .contains("not begun anew")
                                .endsWith("broker 1 (b1:9000), broker 3 (b3:9000)"));
        assertThat(patience.reason(without(Past.LOST))).contains(Patience.LOST.reason());
    }
}
