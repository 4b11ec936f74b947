package io.tombolo.broker.voter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** How a region of whole brokers begins, grows, shrinks and loses disks. */
class RegionVotersSimulation {

    private static VoterRegion three(long seed) {
        var region = new VoterRegion(seed, 3);
        region.start(1, 2, 3);
        region.await("all serve", () -> region.serving.equals(Set.of(1, 2, 3)));
        region.create(1, "orders");
        region.await("all know", () -> region.knows(2, "orders") && region.knows(3, "orders"));
        return region;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aNewRegionBeginsWithTheDisksOfItsBrokersAsVoters(long seed) {
        VoterRegion region = three(seed);

        assertThat(region.quorum(2).voterSet().keys())
                .containsExactly(
                        region.core(1).replica(),
                        region.core(2).replica(),
                        region.core(3).replica());
        assertThat(region.quorum(3).voterSet().voters())
                .allMatch(voter -> voter.listeners().containsKey(Voters.LISTENER));
    }

    @Test
    void aNewRegionWaitsForEveryBrokerOfItsFileAndSaysForWhich() {
        var region = new VoterRegion(1, 3);

        region.start(1, 2);
        region.pass(Duration.ofSeconds(30));

        assertThat(region.serving).isEmpty();
        assertThat(region.waiting.get(1)).contains("new region", "broker 3 (broker-3:25092)");
        assertThat(region.waiting.get(2)).contains("begun by broker 1");
        region.start(3);
        region.await("all serve", () -> region.serving.equals(Set.of(1, 2, 3)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aBrokerWithAnEmptyDiskComesBackAsAnotherReplica(int number) {
        VoterRegion region = three(number);
        ReplicaKey before = region.core(number).replica();
        int other = number % 3 + 1;

        region.kill(number);
        region.restartEmpty(number);

        region.await("it serves", () -> region.serving.contains(number));
        region.await("it votes again", () -> region.settled(other, 3));
        assertThat(region.core(number).replica()).isNotEqualTo(before);
        assertThat(region.quorum(other).voterSet().contains(before)).isFalse();
        assertThat(region.knows(number, "orders")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aBrokerThatLostOnlyItsMetadataLogComesBackAsAnotherReplica(int number) {
        VoterRegion region = three(number);
        ReplicaKey before = region.core(number).replica();
        int other = number % 3 + 1;

        region.kill(number);
        region.loseMetadata(number);
        region.restart(number);

        region.await("it serves", () -> region.serving.contains(number));
        region.await("it votes again", () -> region.settled(other, 3));
        assertThat(region.core(number).replica()).isNotEqualTo(before);
        assertThat(region.quorum(other).voterSet().contains(before)).isFalse();
        assertThat(region.knows(number, "orders")).isTrue();
    }

    @Test
    void aMajorityThatLostItsMetadataLogsBeginsNoSecondRegion() {
        VoterRegion region = three(8);

        region.kill(1, 2, 3);
        region.loseMetadata(1);
        region.loseMetadata(2);
        region.restart(1, 2, 3);
        region.pass(Duration.ofMinutes(2));

        assertThat(region.serving).isEmpty();
        assertThat(region.waiting.get(1)).contains("broker 3 ");
        assertThat(region.waiting.get(3)).contains("a majority of the voters");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aRegionThatLostAllItsMetadataLogsIsNotBegunAnewWhileThereAreLogsOfTopics(int seed) {
        VoterRegion region = three(20 + seed);
        region.create(1, "more" + seed);
        region.create(1, "others" + seed);
        region.pass(Duration.ofSeconds(5));

        region.kill(1, 2, 3);
        IntStream.rangeClosed(1, 3).forEach(region::loseMetadata);
        region.restart(1, 2, 3);
        region.await("it is told", () -> !region.failures.isEmpty());
        region.pass(Duration.ofMinutes(1));

        assertThat(region.failures).containsOnly(Patience.LOST.reason());
        assertThat(region.serving).isEmpty();
        assertThat(IntStream.rangeClosed(1, 3).map(region::voterCount)).containsOnly(0);
        assertThat(IntStream.rangeClosed(1, 3).filter(region::hasMetadataFolder).count())
                .as("those without a log of a topic wait on")
                .isEqualTo(3 - region.failures.size());
    }

    @Test
    void whereNoLogOfATopicIsLeftEitherTheRegionBegins() {
        VoterRegion region = three(30);

        region.kill(1, 2, 3);
        IntStream.rangeClosed(1, 3).forEach(region::restartEmpty);

        region.await("all serve", () -> region.serving.equals(Set.of(1, 2, 3)));
    }

    @Test
    void theOnlyBrokerOfARegionThatLostItsMetadataLogRefusesToStart() {
        var region = new VoterRegion(31, 1);
        region.start(1);
        region.await("it serves", () -> region.serving.contains(1));
        region.create(1, "orders");
        region.pass(Duration.ofSeconds(5));

        region.kill(1);
        region.loseMetadata(1);
        region.restart(1);
        region.await("it fails", () -> !region.failures.isEmpty());

        assertThat(region.failures).singleElement().asString().contains("has begun before");
        assertThat(region.serving).isEmpty();
    }

    @Test
    void aBrokerThatStartsAgainIsTheSameReplica() {
        VoterRegion region = three(9);
        List<ReplicaKey> before = region.quorum(1).voterSet().keys();

        region.kill(1, 2, 3);
        region.restart(1, 2, 3);
        region.await("all serve", () -> region.serving.equals(Set.of(1, 2, 3)));

        assertThat(region.settled(1, 3)).isTrue();
        assertThat(region.quorum(1).voterSet().keys()).isEqualTo(before);
    }

    @Test
    void theFirstBrokerWithAnEmptyDiskBeginsNoSecondRegion() {
        VoterRegion region = three(7);

        region.kill(1, 2, 3);
        region.restartEmpty(1);
        region.pass(Duration.ofSeconds(20));
        assertThat(region.waiting.get(1)).contains("broker 2 ", "broker 3 ");

        region.restart(2);
        region.pass(Duration.ofSeconds(20));
        assertThat(region.serving).isEmpty();
        assertThat(region.waiting.get(2)).contains("a majority of the voters");

        region.restart(3);
        region.await("all serve", () -> region.serving.equals(Set.of(1, 2, 3)));
        region.await("it votes again", () -> region.settled(2, 3));
        assertThat(region.knows(1, "orders")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aRegionOfOneGrowsToThree(long seed) {
        var region = new VoterRegion(seed, 1);
        region.start(1);
        region.await("it serves", () -> region.serving.contains(1));
        region.create(1, "orders");
        ReplicaKey before = region.core(1).replica();

        region.kill(1);
        region.edit(3);
        region.restart(1);
        region.start(2, 3);

        region.await("all serve", () -> region.serving.equals(Set.of(1, 2, 3)));
        region.await("all vote", () -> region.settled(2, 3));
        assertThat(region.core(1).replica()).isEqualTo(before);
        assertThat(region.knows(3, "orders")).isTrue();

        int leader = region.quorum(1).leader().leaderId() % 1000;
        region.kill(leader);
        region.create(leader % 3 + 1, "more");
    }

    @Test
    void aRegionOfThreeShrinksToOneOnceTheOthersHaveNoVote() {
        VoterRegion region = three(5);
        var outcomes = new ArrayList<VoterChange.Outcome>();
        for (int number : List.of(3, 2)) {
            ReplicaKey key = region.core(number).replica();
            int voters = number - 1;
            region.await("a leader", () -> region.quorum(1).leader().hasLeader());
            region.remove(key, outcomes);
            region.await("an answer", () -> !outcomes.isEmpty());
            assertThat(outcomes.removeFirst()).isInstanceOf(VoterChange.Outcome.Committed.class);
            region.await("no vote", () -> region.quorum(1).voterSet().size() == voters);
        }
        region.pass(Duration.ofSeconds(10));
        assertThat(region.quorum(1).voterSet().keys())
                .as("who was removed does not join again by itself")
                .containsExactly(region.core(1).replica());

        region.kill(1, 2, 3);
        region.edit(1);
        region.restart(1);

        region.await("it serves", () -> region.serving.contains(1));
        assertThat(region.knows(1, "orders")).isTrue();
    }

    @Test
    void aBrokerThatTheFileHasAloneRefusesToStartWhileOthersVote() {
        VoterRegion region = three(6);

        region.kill(1, 2, 3);
        region.edit(1);
        region.restart(1);
        region.await("it fails", () -> !region.failures.isEmpty());

        assertThat(region.failures.getFirst()).contains("has more voters", "remove-controller");
        assertThat(region.serving).isEmpty();
    }

    @Test
    void ofFourBrokersTheLastObserves() {
        var region = new VoterRegion(4, 4);

        region.start(1, 2, 3, 4);

        region.await("all serve", () -> region.serving.equals(Set.of(1, 2, 3, 4)));
        assertThat(region.quorum(4).voterSet().size()).isEqualTo(3);
        assertThat(region.quorum(4).role()).isEqualTo("Observer");
    }
}
