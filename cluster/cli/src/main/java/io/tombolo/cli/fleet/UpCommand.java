package io.tombolo.cli.fleet;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.diagnosis.Violation;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;

/** Starts every broker and controller of the file as a process of its own. */
@Command(
        name = "up",
        description = {
            "Starts every broker and controller of the file as a process of its own, in the"
                    + " background,",
            "and waits until each takes requests (--timeout, 2 minutes by default). Those that run"
                    + " already go on."
        },
        footer = {
            "",
            "Example:",
            "  tombolo up",
            "  tombolo up -f tombolo.yaml --region eu --id 2"
        })
final class UpCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Shell shell;

    @Mixin private final FleetChoice choice = new FleetChoice();

    UpCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Fleet fleet = choice.fleet(shell);
        fleet.file().requireRunnable();
        var violations = new ArrayList<Violation>();
        try (var _ = RunLock.take(fleet.runFolders(), "tombolo up" + choice.asTyped())) {
            var start = new Start(shell, shell.options().timeoutOr(PATIENCE));
            start.missing(fleet.members());
            for (Member member : fleet.members()) {
                start.await(member)
                        .ifPresentOrElse(
                                violations::add, () -> tell(member, start.started(member)));
            }
        }
        if (shell.forProgram()) {
            FleetView.print(shell, fleet.conditions());
        }
        if (!violations.isEmpty()) {
            throw new CommandFailure(violations, Start.exitCode(violations));
        }
        return ExitCode.OK.number();
    }

    private void tell(Member member, boolean startedNow) {
        if (shell.forProgram()) {
            return;
        }
        Condition now = Condition.of(member);
        String process =
                now.pid().isPresent() ? "process " + now.pid().getAsLong() : "not started by up";
        shell.out()
                .printf(
                        "%s  ready   %s   admin http://%s   %s   %s%n",
                        member.name(),
                        member.listener(),
                        member.node().admin(),
                        process,
                        startedNow ? Amounts.ms(now.uptimeMs()) : "runs already");
        shell.out().flush();
    }
}
