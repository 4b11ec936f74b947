package io.tombolo.broker.voter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Set;

/** How soon a region notices that a process is gone; times are virtual. */
class BrokerLossSimulation {

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration SESSION = Duration.ofSeconds(9);

    private static VoterRegion three(long seed) {
        var region = new VoterRegion(seed, 3);
        region.start(1, 2, 3);
        region.await("all serve", () -> region.serving.equals(Set.of(1, 2, 3)));
        region.create(1, "orders");
        region.pass(Duration.ofSeconds(2));
        return region;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aKilledBrokerIsFencedWithinASecondAndMayComeBackAtOnce(long seed) {
        VoterRegion region = three(seed);
        int controller = region.controller(1);
        int victim = controller % 3 + 1;
        long killedNanos = region.nowNanos();

        region.kill(victim);
        region.await("it is fenced", () -> region.fenced(controller, victim));

        assertThat(region.nowNanos() - killedNanos).isLessThan(SECOND_NANOS);
        long restartedNanos = region.nowNanos();
        region.restart(victim);
        region.await("it serves again", () -> region.serving.contains(victim));
        assertThat(region.nowNanos() - restartedNanos).isLessThan(SESSION.toNanos() / 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aKilledControllerIsReplacedWithinASecondAndFencedByTheNext(long seed) {
        VoterRegion region = three(seed);
        int victim = region.controller(1);
        int other = victim % 3 + 1;
        long killedNanos = region.nowNanos();

        region.kill(victim);
        region.create(other, "after");

        assertThat(region.nowNanos() - killedNanos).isLessThan(SECOND_NANOS);
        region.await("it is fenced", () -> region.fenced(other, victim));
        assertThat(region.nowNanos() - killedNanos).isLessThan(2 * SECOND_NANOS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aBrokerThatIsOnlySilentKeepsItsSession(long seed) {
        VoterRegion region = three(seed);
        int controller = region.controller(1);
        int victim = controller % 3 + 1;

        region.pause(victim);
        region.pass(SESSION.minusSeconds(3));
        assertThat(region.fenced(controller, victim)).isFalse();

        region.await("it is fenced", () -> region.fenced(controller, victim));
    }
}
