package io.tombolo.cli.handover;

import io.tombolo.cli.admin.Failover;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.LinkEntry;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Two planned failovers, the second one back; begins wherever the topics are. */
final class Rehearsal {

    private final Shell shell;
    private final LoadedFile file;
    private final LinkEntry link;
    private final PlannedFailover.Limits limits;

    private Rehearsal(Shell shell, LoadedFile file, LinkEntry link, PlannedFailover.Limits limits) {
        this.shell = shell;
        this.file = file;
        this.link = link;
        this.limits = limits;
    }

    static Rehearsal of(
            Shell shell, LoadedFile file, String policy, PlannedFailover.Limits limits) {
        return new Rehearsal(shell, file, Failover.linkOf(file, policy), limits);
    }

    Tree execute() {
        Side end = Side.of(shell, file, link.to().name(), link);
        boolean away = end.view().at("owner").text().equals(end.name());
        String home = away ? link.to().name() : link.from().name();
        String other = away ? link.from().name() : link.to().name();
        Tree there = move(other);
        awaitCopy(Side.of(shell, file, home, link));
        Tree back = move(home);
        long lost = there.at("recordsLost").number(0) + back.at("recordsLost").number(0);
        String result =
                "write pause %s there, %s back, %d records lost"
                        .formatted(
                                Amounts.ms(there.at("writePauseMs").number(-1)),
                                Amounts.ms(back.at("writePauseMs").number(-1)),
                                lost);
        Side.of(shell, file, home, link).keep("rehearsal", limits.cause(), result);
        return Tree.fields()
                .with("link", link.name().name())
                .with("home", home)
                .with("to", other)
                .with("there", there)
                .with("back", back)
                .with("recordsLost", lost);
    }

    private Tree move(String to) {
        shell.note("Planned failover to %s, link %s".formatted(to, link.name()));
        var wish =
                new PlannedFailover.Wish(link.name().name(), Optional.of(to), limits, shell::note);
        return PlannedFailover.of(shell, file, wish).execute();
    }

    /** The way back needs a copy that has caught up; when it does not in time, that says so. */
    private void awaitCopy(Side home) {
        long until = System.nanoTime() + limits.giveUp().toNanos();
        while (!home.linkView().at("state").text().equals("ACTIVE")
                && System.nanoTime() - until < 0) {
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(stop);
            }
        }
    }
}
