package io.tombolo.cli.fleet;

import io.tombolo.cli.fleet.Stop.Outcome;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.topology.Region;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Stops what {@code up} has started. */
@Command(
        name = "down",
        description = {
            "Stops what up has started on this machine: each broker hands over what it leads,"
                    + " closes its logs and ends.",
            "In a region one after the other, the controller last; regions at the same time. Waits"
                    + " a minute for each (--timeout)."
        },
        footer = {"", "Example:", "  tombolo down", "  tombolo down --region eu --id 2 --force"})
final class DownCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Shell shell;

    @Mixin private final FleetChoice choice = new FleetChoice();

    @Option(
            names = "--force",
            description =
                    "Kill a broker that has not stopped in time; what it led is unavailable until"
                            + " the others notice, and its logs are checked at its next start.")
    private boolean force;

    DownCommand(Shell shell) {
        this.shell = shell;
    }

    private record Ended(Member member, Outcome outcome) {}

    @Override
    public Integer call() {
        Fleet fleet = choice.fleet(shell);
        var stop = new Stop(shell, shell.options().timeoutOr(PATIENCE), force);
        List<Ended> ended;
        try (var _ = RunLock.take(fleet.runFolders(), "tombolo down" + choice.asTyped())) {
            ended =
                    Fleet.inParallel(
                                    byRegion(fleet),
                                    members ->
                                            StopOrder.of(shell, fleet.file(), members).stream()
                                                    .map(one -> new Ended(one, stop.of(one)))
                                                    .toList())
                            .stream()
                            .flatMap(List::stream)
                            .toList();
        }
        if (shell.forProgram()) {
            FleetView.print(shell, fleet.conditions());
        } else {
            ended.forEach(one -> shell.out().println(line(one)));
        }
        List<Violation> violations =
                ended.stream().flatMap(one -> violation(one).stream()).toList();
        if (!violations.isEmpty()) {
            throw new CommandFailure(violations, exitCode(violations));
        }
        return ExitCode.OK.number();
    }

    private static List<List<Member>> byRegion(Fleet fleet) {
        var regions =
                fleet.members().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Member::region,
                                        java.util.LinkedHashMap<Region.Hosted, List<Member>>::new,
                                        Collectors.toList()));
        return new ArrayList<>(regions.values());
    }

    private static String line(Ended one) {
        String name = one.member().name();
        return switch (one.outcome()) {
            case Outcome.Stopped(long pid, long ms) ->
                    "%s  stopped   process %d   %s".formatted(name, pid, Amounts.ms(ms));
            case Outcome.Ended(long pid, long ms) ->
                    "%s  ended   process %d   %s   before its logs were closed: they are checked at its next start"
                            .formatted(name, pid, Amounts.ms(ms));
            case Outcome.Killed(long pid, long ms) ->
                    "%s  killed   process %d   %s   its logs are checked at its next start"
                            .formatted(name, pid, Amounts.ms(ms));
            case Outcome.Runs(long pid, _) -> "%s  still runs   process %d".formatted(name, pid);
            case Outcome.WasGone(String how) -> "%s  was not running   %s".formatted(name, how);
            case Outcome.NothingToDo _ -> "%s  was not running".formatted(name);
            case Outcome.NotOurs(String how) -> "%s  left alone   %s".formatted(name, how);
        };
    }

    private static Optional<Violation> violation(Ended one) {
        Member member = one.member();
        return switch (one.outcome()) {
            case Outcome.Runs(long pid, String why) ->
                    Optional.of(
                            CommandFailure.of(Code.TIMED_OUT, member.title() + " has not stopped")
                                    .at(member.logFile().toString())
                                    .seen("process %d: %s".formatted(pid, why))
                                    .why("it was asked to, and may still do so")
                                    .fix(
                                            "wait longer: tombolo down --timeout 5m",
                                            "tombolo down --region %s --id %s --force        kills it"
                                                    .formatted(
                                                            member.region().id(),
                                                            member.node().shortName()))
                                    .violation());
            case Outcome.NotOurs(String how) ->
                    Optional.of(
                            CommandFailure.of(
                                            Code.NOT_OURS,
                                            member.title() + " was not started by up")
                                    .at(member.pidFile().toString())
                                    .seen(how)
                                    .fix("stop it where it was started")
                                    .violation());
            case Outcome.Stopped _,
                    Outcome.Ended _,
                    Outcome.Killed _,
                    Outcome.WasGone _,
                    Outcome.NothingToDo _ ->
                    Optional.empty();
        };
    }

    private static ExitCode exitCode(List<Violation> violations) {
        return violations.stream().anyMatch(one -> one.code().equals(Code.TIMED_OUT.text()))
                ? ExitCode.TIMED_OUT
                : ExitCode.FAILED;
    }
}
