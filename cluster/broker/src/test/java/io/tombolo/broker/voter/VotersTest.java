package io.tombolo.broker.voter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.region.BrokerId;
import io.tombolo.region.ControllerId;
import io.tombolo.region.topology.Region;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

class VotersTest {

    private static final UUID DISK = new UUID(1, 2);
    private static final Voters.Past PAST = new Voters.Past(DISK, false);
    private static final Voters SEPARATE = voters(4, 3);
    private static final Voters COMBINED = voters(4, 0);

    private static Voters voters(int brokers, int controllers) {
        var at = new Endpoint("b", 9000);
        return new Voters(
                new Region.Nodes(
                        IntStream.rangeClosed(1, brokers)
                                .mapToObj(number ->
                                        new Region.Broker(
                                                number,
                                                BrokerId.of(1, number),
                                                new Region.Listeners(at, at, at, at),
                                                Optional.empty()))
                                .toList(),
                        IntStream.rangeClosed(1, controllers)
                                .mapToObj(number ->
                                        new Region.Controller(
                                                number,
                                                ControllerId.of(1, number),
                                                at,
                                                new Endpoint("c" + number, 9093)))
                                .toList()));
    }

    private static VoterSet votersWithIds(int... ids) {
        return VoterSet.ofKeys(
                IntStream.of(ids)
                        .mapToObj(id -> new ReplicaKey(id, DISK))
                        .toArray(ReplicaKey[]::new));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,3", "4,3", "5,5", "9,5"})
    void oneThreeOrFiveBrokersVoteWhereTheFileHasNoControllers(int brokers, int count) {
        assertThat(voters(brokers, 0).named())
                .isEqualTo(IntStream.rangeClosed(1001, 1000 + count).boxed().toList());
    }

    @Test
    void controllersOfTheirOwnVoteAndNoBrokerDoes() {
        assertThat(SEPARATE.named()).containsExactly(101_001, 101_002, 101_003);
    }

    @Test
    void onlyTheKindThatTheFileNamesMayVote() {
        assertThat(SEPARATE.mayVote(101_009)).isTrue();
        assertThat(SEPARATE.mayVote(1_001)).isFalse();
        assertThat(COMBINED.mayVote(1_009)).isTrue();
        assertThat(COMBINED.mayVote(101_001)).isFalse();
    }

    @Test
    void aBrokerBesideControllersJoinsAsAnObserverThatKnowsEverybody() {
        Region.Node broker = SEPARATE.nodes().brokers().getFirst();

        var member = SEPARATE.member("eu", broker, PAST);

        assertThat(member.enrolment().autoJoin()).isFalse();
        assertThat(member.enrolment().founders()).containsExactly(101_001, 101_002, 101_003);
        assertThat(member.enrolment().contacts())
                .isEqualTo(List.of(1_001, 1_002, 1_003, 1_004, 101_001, 101_002, 101_003));
    }

    @Test
    void aControllerJoinsToVoteWhereTheFileSaysItListens() {
        var member = SEPARATE.member("eu", SEPARATE.nodes().controllers().get(1), PAST);

        assertThat(member.self()).isEqualTo(new ReplicaKey(101_002, DISK));
        assertThat(member.enrolment().autoJoin()).isTrue();
        assertThat(member.enrolment().listeners())
                .containsEntry(Voters.LISTENER, new Endpoint("c2", 9093));
    }

    @Test
    void aLogThatNamesTheOtherKindOfVotersIsObjectedTo() {
        assertThat(SEPARATE.objection(votersWithIds(1_001, 1_002, 1_003)))
                .hasValueSatisfying(refusal ->
                        assertThat(refusal.toString())
                                .contains("brokers vote: [1001, 1002, 1003]")
                                .contains("take controllers: out of the file"));
        assertThat(COMBINED.objection(votersWithIds(101_001)))
                .hasValueSatisfying(refusal ->
                        assertThat(refusal.toString())
                                .contains("controllers of their own vote: [101001]")
                                .contains("put controllers: back into the file"));
    }

    @Test
    void aLogThatNamesNobodyOrTheRightKindIsNot() {
        assertThat(SEPARATE.objection(VoterSet.UNKNOWN)).isEmpty();
        assertThat(SEPARATE.objection(votersWithIds(101_001, 101_005))).isEmpty();
        assertThat(COMBINED.objection(votersWithIds(1_001, 1_009))).isEmpty();
    }
}
