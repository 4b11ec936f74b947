package io.tombolo.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.ReplicaKey;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;

/** Regions whose controllers are processes of their own, and regions that change their mind. */
class SeparateRolesSimulation {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void controllersVoteBrokersObserveAndADeadControllerIsReplaced(long seed) {
        var region = new SeparateRegion(seed, 3, 3);
        region.start(region.all());
        region.awaitReady(region.all());
        region.create(1, "first");
        String first = region.active(1);
        RaftStatus quorum = region.quorumOf(first);
        assertThat(nodes(quorum, true)).containsExactly(100_001, 100_002, 100_003);
        assertThat(nodes(quorum, false)).containsExactly(1, 2, 3);

        region.kill(first);
        region.create(2, "second");

        assertThat(region.active(2)).startsWith("c").isNotEqualTo(first);
        region.await("known", () -> region.knows(1, "second") && region.knows(3, "second"));
        region.start(List.of(first));
        region.awaitReady(List.of(first));
        assertThat(region.quorumOf(first).voterSet().contains(region.controller(first).replica()))
                .isTrue();
        region.stop(region.active(2));
        region.create(3, "third");
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7})
    void aBrokerComesAndGoesWhileControllersWatchIt(long seed) {
        var region = new SeparateRegion(seed, 3, 3);
        region.start(region.all());
        region.awaitReady(region.all());
        region.await("1 stands for all", () -> region.leadBroker(3) == 1);

        region.kill("1");

        region.await("fenced", () -> !region.broker(2).images().current().brokers().isActive(1));
        region.await("2 stands for all", () -> region.leadBroker(3) == 2);
        region.create(3, "without");
        region.start(List.of("1"));
        region.awaitReady(List.of("1"));
        assertThat(region.knows(1, "without")).isTrue();
        region.await("1 stands for all again", () -> region.leadBroker(3) == 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 17})
    void aBrokerHandsOverToOthersAndWaitsForNoControllerThatIsGone(long seed) {
        var region = new SeparateRegion(seed, 3, 3);
        region.start(region.all());
        region.awaitReady(region.all());

        region.stop("1");

        region.await("fenced", () -> !region.broker(2).images().current().brokers().isActive(1));
        List.of("c1", "c2", "c3").forEach(region::kill);
        assertThat(region.stop("2")).isLessThan(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 9})
    void oneControllerAndOneBrokerAreARegion(long seed) {
        var region = new SeparateRegion(seed, 1, 1);
        region.start(region.all());
        region.awaitReady(region.all());
        region.create(1, "first");

        region.kill("c1");
        region.start(List.of("c1"));
        region.awaitReady(List.of("c1"));

        region.create(1, "second");
        assertThat(region.knows(1, "first")).isTrue();
        region.kill("1");
        region.kill("c1");
        region.start(region.all());
        region.awaitReady(region.all());
        assertThat(region.knows(1, "second")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 11})
    void theFileMayNameMoreControllersLater(long seed) {
        var region = new SeparateRegion(seed, 1, 1);
        region.start(region.all());
        region.awaitReady(region.all());
        region.create(1, "first");

        region.edit(1, 3);
        region.start(List.of("c2", "c3"));
        List.of("1", "c1").forEach(region::kill);
        region.start(List.of("1", "c1"));

        region.await(
                "three vote",
                () ->
                        region.ready.containsAll(region.all())
                                && region.quorumOf("c2").voterSet().size() == 3);
        region.create(1, "second");
    }

    @ParameterizedTest
    @ValueSource(longs = {12, 13})
    void controllersThatHaveAllLostTheirDisksDoNotBeginTheRegionAgain(long seed) {
        var region = new SeparateRegion(seed, 3, 3);
        region.start(region.all());
        region.awaitReady(region.all());
        region.create(1, "first");
        region.await("known", () -> region.knows(2, "first"));
        List<String> controllers = List.of("c1", "c2", "c3");
        controllers.forEach(region::kill);

        controllers.forEach(region::startEmpty);

        region.await("c1 waits", () -> region.waiting.containsKey("c1"));
        assertThat(region.waiting.get("c1")).contains("not heard of, or not empty: broker 1 ");
        region.pass(Duration.ofSeconds(20));
        assertThat(region.ready).doesNotContainAnyElementsOf(controllers);
        assertThat(region.knows(2, "first")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {14, 15})
    void aControllerWithANewDiskVotesAgain(long seed) {
        var region = new SeparateRegion(seed, 1, 3);
        region.start(region.all());
        region.awaitReady(region.all());
        region.create(1, "first");

        region.kill("c2");
        region.startEmpty("c2");

        region.awaitReady(List.of("c2"));
        assertThat(region.quorumOf("c2").voterSet().contains(region.controller("c2").replica()))
                .isTrue();
        region.kill("c3");
        region.create(1, "second");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4})
    void aRegionWhoseBrokersVoteIsNotGivenControllersOfItsOwn(int brokers) {
        var region = new SeparateRegion(20 + brokers, brokers, 0);
        region.start(region.all());
        region.awaitReady(region.all());
        region.create(1, "first");
        List<String> before = region.all();
        before.forEach(region::kill);

        region.edit(brokers, 3);
        region.start(region.all());

        region.await("refused", () -> region.failures.keySet().containsAll(before));
        assertThat(region.failures.get("1"))
                .contains("brokers vote: [1")
                .contains("take controllers: out of the file");
        assertThat(region.ready).doesNotContain("c1", "c2", "c3");

        before.forEach(region::kill);
        region.failures.clear();
        region.edit(brokers, 0);
        region.start(before);
        region.awaitReady(before);
        assertThat(region.knows(1, "first")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {30, 31})
    void aRegionWithControllersOfItsOwnDoesNotGoOnWithoutThem(long seed) {
        var region = new SeparateRegion(seed, 3, 1);
        region.start(region.all());
        region.awaitReady(region.all());
        region.create(1, "first");
        region.all().forEach(region::kill);

        region.edit(3, 0);
        region.start(region.all());

        region.await("refused", () -> region.failures.keySet().containsAll(region.all()));
        assertThat(region.failures.get("2")).contains("put controllers: back into the file");
    }

    private static List<Integer> nodes(RaftStatus status, boolean voting) {
        return status.replicas().stream()
                .filter(replica -> replica.voter() == voting)
                .map(RaftStatus.Replica::key)
                .map(ReplicaKey::nodeId)
                .toList();
    }
}
