package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.ControllerSettings.Pace;
import io.tombolo.controller.command.BrokerCommand.ContinueDrain;
import io.tombolo.controller.command.BrokerCommand.DrainBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders.Scope;
import io.tombolo.controller.command.ReplicaCommand.Balanced;
import io.tombolo.metadata.record.BrokerRecord.Drain;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the controller does of its own accord, and how often. */
class ChoresTest {

    private static final long SECOND = 1_000_000_000L;
    private static final Command<?> BALANCE =
            new BalanceLeaders(Chores.LEADERS_MAX, Scope.PREFERRED);
    private static final Command<?> ELECT =
            new BalanceLeaders(Chores.LEADERS_MAX, Scope.LEADERLESS);

    private final Region region = Region.withBrokers(1, 2);

    @Test
    void nothingIsDueWhereAllIsWell() {
        region.create("orders", 4, 2);

        assertThat(due(chores(Optional.of(Duration.ofSeconds(3))), 0)).isEmpty();
    }

    @Test
    void leadershipsAreGivenBackAtTheirPaceAndSoonerWhileSomeAreLeft() {
        awayFromPreferred();
        Chores chores = chores(Optional.of(Duration.ofSeconds(3)));

        assertThat(due(chores, 0)).containsExactly(BALANCE);
        assertThat(due(chores, SECOND)).isEmpty();
        chores.balanced(Scope.PREFERRED, new Balanced(50, true), SECOND);
        assertThat(due(chores, SECOND)).containsExactly(BALANCE);
        chores.balanced(Scope.PREFERRED, new Balanced(7, false), SECOND);
        assertThat(due(chores, 2 * SECOND)).isEmpty();
        assertThat(due(chores, 4 * SECOND)).containsExactly(BALANCE);
    }

    @Test
    void leadershipsStayWhereTheyAreWhenNobodyWantsThemBack() {
        awayFromPreferred();

        assertThat(due(chores(Optional.empty()), 100 * SECOND)).isEmpty();
    }

    @Test
    void partitionsWithoutALeaderAreLookedAtInAnyCase() {
        region.create("orders", 4, 1);
        region.fence(1);
        Chores chores = chores(Optional.empty());

        assertThat(due(chores, 0)).containsExactly(ELECT);
        assertThat(due(chores, SECOND)).isEmpty();
        assertThat(due(chores, 3 * SECOND)).containsExactly(ELECT);
    }

    @Test
    void brokersThatAreToBeEmptiedAreLookedAtInEveryRound() {
        region.done(new DrainBroker(2, new Drain(Drain.Goal.EMPTY, "")));
        Chores chores = chores(Optional.empty());

        assertThat(due(chores, 0)).containsExactly(new ContinueDrain(2, Chores.MOVES_MAX));
        assertThat(due(chores, 1)).containsExactly(new ContinueDrain(2, Chores.MOVES_MAX));
    }

    private void awayFromPreferred() {
        region.create("orders", 4, 2);
        region.fence(1);
        region.heartbeat(1);
    }

    private static Chores chores(Optional<Duration> balance) {
        var chores = new Chores(new Pace(Duration.ofSeconds(9), balance));
        chores.restart(0);
        return chores;
    }

    private List<Command<?>> due(Chores chores, long nowNanos) {
        return chores.due(region.image(), nowNanos);
    }
}
