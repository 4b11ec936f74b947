package io.tombolo.cli.region;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;

/** Which broker shall be emptied, why, and whether to wait for it. Filled in by the parser. */
final class DrainChoice {

    private static final Duration PATIENCE = Duration.ofHours(1);

    @Mixin private final BrokerChoice broker = new BrokerChoice();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the order.")
    private String reason = "";

    @Option(names = "--detach", description = "Give the order and do not wait.")
    private boolean detached;

    BrokerTarget target(Shell shell) {
        return broker.target(shell);
    }

    boolean waits() {
        return !detached;
    }

    /**
     * Gives the order and waits until the broker is empty, unless it shall not.
     *
     * @return what the region said last; nothing when the broker has left it
     */
    Tree carryOut(String goal, BrokerTarget target, Shell shell) {
        var order = new DrainOrder(shell, target);
        Tree first = order.give(goal, reason);
        return detached ? first : order.await(first, shell.options().timeoutOr(PATIENCE));
    }

    /**
     * How it stands, for people.
     *
     * @param then what to do with an empty broker
     */
    String text(BrokerTarget target, Tree last, String then) {
        return detached
                ? "%s  drains   %s%n".formatted(target.name(), DrainOrder.progress(last))
                : "%s  empty   %s%n".formatted(target.name(), then);
    }
}
