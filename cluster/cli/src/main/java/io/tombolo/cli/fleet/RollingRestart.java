package io.tombolo.cli.fleet;

import io.tombolo.cli.fleet.Condition.State;
import io.tombolo.cli.fleet.Stop.Outcome;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Restarts the brokers of a region one after the other, and never one whose absence would keep
 * somebody from writing. Between two of them every replica must be in sync again.
 */
final class RollingRestart {

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final Shell shell;
    private final Fleet fleet;
    private final RegionWatch watch;
    private final RestartNote note;
    private final Rules rules;

    /**
     * @param patience for each step of each broker
     * @param acceptUnavailable whether partitions may be unavailable meanwhile
     */
    record Rules(Duration patience, boolean acceptUnavailable) {}

    RollingRestart(Shell shell, Fleet fleet, Rules rules) {
        this.shell = shell;
        this.fleet = fleet;
        this.rules = rules;
        Member first = fleet.members().getFirst();
        this.watch = new RegionWatch(shell, fleet.file(), first.region());
        this.note = RestartNote.of(first);
    }

    /**
     * Tells what would be done.
     *
     * @throws CommandFailure when it would be refused
     */
    void rehearse() {
        List<Member> left = begun().map(this::left).orElseGet(fleet::members);
        requireOurs();
        requireInSync();
        left.forEach(this::requireDispensable);
        for (Member member : watch.stopOrder(left)) {
            tell(member.name() + "  would be restarted");
        }
    }

    /** Restarts what has not been restarted yet. */
    void run() {
        requireOurs();
        Optional<Instant> earlier = begun();
        if (earlier.isPresent()) {
            resume(earlier.get());
        } else {
            requireInSync();
            fleet.members().forEach(this::requireDispensable);
            note.begin(Instant.now());
        }
        List<Member> left = left(begun().orElseThrow());
        while (!left.isEmpty()) {
            Member next = watch.stopOrder(left).getFirst();
            requireDispensable(next);
            restart(next);
            left.remove(next);
        }
        note.end();
    }

    private Optional<Instant> begun() {
        return note.begun();
    }

    /** An interrupted restart may have left a broker stopped, and replicas behind. */
    private void resume(Instant earlier) {
        shell.note("going on with the restart that began at " + earlier);
        var start = new Start(shell, rules.patience());
        start.missing(fleet.members());
        for (Member member : fleet.members()) {
            start.await(member)
                    .ifPresent(why -> {
                        throw new CommandFailure(List.of(why), ExitCode.FAILED);
                    });
        }
        awaitInSync("before going on");
    }

    /** Those whose process is older than the restart; a second is allowed for rounding. */
    private List<Member> left(Instant since) {
        var left = new ArrayList<Member>();
        for (Condition one : fleet.conditions()) {
            if (one.upSince().isEmpty() || one.upSince().get().isBefore(since.minusSeconds(1))) {
                left.add(one.member());
            }
        }
        return left;
    }

    private void restart(Member member) {
        long startNanos = System.nanoTime();
        Outcome outcome = new Stop(shell, rules.patience(), false).of(member);
        if (outcome instanceof Outcome.Runs(long pid, String why)) {
            throw late(
                    "%s has not stopped".formatted(member.title()), "process " + pid + ": " + why);
        }
        var start = new Start(shell, rules.patience());
        start.missing(List.of(member));
        start.await(member)
                .ifPresent(why -> {
                    throw new CommandFailure(List.of(why), ExitCode.FAILED);
                });
        long awayMs = (System.nanoTime() - startNanos) / 1_000_000;
        awaitInSync("after the restart of " + member.name());
        long allMs = (System.nanoTime() - startNanos) / 1_000_000;
        tell(
                "%s  restarted   away for %s   every replica in sync again after %s"
                        .formatted(member.name(), Amounts.ms(awayMs), Amounts.ms(allMs)));
    }

    /** Each step at once, and not among the data when a program reads that. */
    private void tell(String line) {
        if (shell.forProgram()) {
            shell.note(line);
        } else {
            shell.out().println(line);
            shell.out().flush();
        }
    }

    private void awaitInSync(String when) {
        var waiting = new Waiting(shell, rules.patience());
        for (String why = watch.trouble(); !why.isEmpty(); why = watch.trouble()) {
            String trouble = why;
            if (!waiting.goesOn(() -> "waiting for replicas " + when, () -> trouble)) {
                throw late("not every replica is in sync " + when, why);
            }
            Waiting.pause(LOOK_EVERY);
        }
    }

    private void requireOurs() {
        for (Condition one : fleet.conditions()) {
            if (one.state() == State.ELSEWHERE) {
                throw CommandFailure.of(
                                Code.NOT_OURS, one.member().title() + " was not started by up")
                        .at(one.member().pidFile().toString())
                        .seen(one.remark())
                        .why(
                                "only brokers that tombolo up started on this machine can be"
                                        + " restarted")
                        .fix("restart it where it was started, then go on with the next broker")
                        .failure();
            }
            boolean missing = one.state() == State.STOPPED || one.state() == State.ENDED;
            if (missing && begun().isEmpty()) {
                throw refused(
                        one.member().title() + " does not run",
                        one.remark().isEmpty() ? "it is stopped" : one.remark(),
                        "tombolo up --region " + region());
            }
        }
    }

    private void requireInSync() {
        String trouble = watch.trouble();
        if (!trouble.isEmpty()) {
            throw refused(
                    "region %s is not in full health".formatted(region()),
                    trouble,
                    "tombolo region describe %s        until no partition is in trouble"
                            .formatted(region()));
        }
    }

    private void requireDispensable(Member member) {
        String lost = rules.acceptUnavailable() ? "" : watch.lostWithout(member);
        if (!lost.isEmpty()) {
            throw refused(
                    "partitions could not be written to while broker %s restarts"
                            .formatted(member.name()),
                    lost,
                    "give these topics more replicas, or a lower min.insync.replicas",
                    "tombolo region restart %s --rolling --accept-unavailable".formatted(region()));
        }
    }

    private String region() {
        return fleet.members().getFirst().region().id().name();
    }

    private CommandFailure refused(String claim, String seen, String... fixes) {
        return CommandFailure.of(Code.RESTART_REFUSED, claim)
                .at(fleet.file().where("regions." + region()))
                .seen(seen)
                .why("a broker is stopped only when the others can do without it")
                .fix(fixes)
                .failure();
    }

    private CommandFailure late(String claim, String seen) {
        return CommandFailure.of(Code.TIMED_OUT, claim)
                .at(fleet.file().where("regions." + region()))
                .seen(seen)
                .why("no other broker was touched")
                .fix(
                        "tombolo region describe " + region(),
                        "tombolo region restart %s --rolling        goes on from here"
                                .formatted(region()))
                .failure();
    }
}
