package io.tombolo.controller;

import io.tombolo.controller.command.BrokerCommand.ContinueDrain;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders.Scope;
import io.tombolo.controller.command.ReplicaCommand.Balanced;
import io.tombolo.metadata.image.MetadataImage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the active controller does of its own accord, a little in each round so that nobody has to
 * wait long behind it: it chooses leaders for partitions that have none, gives leaderships back to
 * preferred leaders, and empties brokers. Mutable, owned by the controller's loop.
 */
final class Chores {

    /** Between two rounds. */
    static final long ROUND_NANOS = Duration.ofMillis(500).toNanos();

    /** Leaders chosen in one round. */
    static final int LEADERS_MAX = 50;

    /** Replicas of a broker that is emptied which are on their way at once. */
    static final int MOVES_MAX = 50;

    private final ControllerSettings.Pace pace;
    private long leaderlessNanos;
    private long balanceNanos;

    Chores(ControllerSettings.Pace pace) {
        this.pace = pace;
    }

    /** Begins a term. */
    void restart(long nowNanos) {
        leaderlessNanos = nowNanos;
        balanceNanos = nowNanos;
    }

    /** What is due; to be asked once per round, and not while other commands wait. */
    List<Command<?>> due(MetadataImage tip, long nowNanos) {
        var commands = new ArrayList<Command<?>>();
        if (nowNanos - leaderlessNanos >= 0) {
            leaderlessNanos = nowNanos + pace.brokerSession().toNanos() / 4;
            if (!tip.topics().leaderless().isEmpty()) {
                commands.add(new BalanceLeaders(LEADERS_MAX, Scope.LEADERLESS));
            }
        }
        if (pace.leaderBalance().isPresent() && nowNanos - balanceNanos >= 0) {
            balanceNanos = nowNanos + pace.leaderBalance().get().toNanos();
            if (someLeadElsewhere(tip)) {
                commands.add(new BalanceLeaders(LEADERS_MAX, Scope.PREFERRED));
            }
        }
        tip.brokers()
                .drains()
                .keySet()
                .forEach(broker -> commands.add(new ContinueDrain(broker, MOVES_MAX)));
        return commands;
    }

    private static boolean someLeadElsewhere(MetadataImage tip) {
        return tip.topics().indexes().awayFrom().keySet().stream()
                .anyMatch(tip.brokers()::welcomes);
    }

    /** A round of leaders is done; when some are left the next one begins soon. */
    void balanced(Scope scope, Balanced done, long nowNanos) {
        if (!done.more()) {
            return;
        }
        switch (scope) {
            case LEADERLESS -> leaderlessNanos = nowNanos;
            case PREFERRED -> balanceNanos = nowNanos;
        }
    }
}
