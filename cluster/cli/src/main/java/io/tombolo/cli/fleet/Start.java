package io.tombolo.cli.fleet;

import io.tombolo.cli.fleet.Condition.State;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.process.PidFile;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.diagnosis.Violation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts what is missing, all at once, and waits for each. */
final class Start {

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Shell shell;
    private final Duration patience;
    private final Map<Member, Process> started = new HashMap<>();
    private final Waiting waiting;

    /**
     * @param patience for all of them together
     */
    Start(Shell shell, Duration patience) {
        this.shell = shell;
        this.patience = patience;
        this.waiting = new Waiting(shell, patience);
    }

    /** Starts the brokers that do not run. */
    void missing(List<Member> members) {
        for (Condition found : Fleet.inParallel(members, Condition::of)) {
            Member member = found.member();
            if (found.state() == State.ENDED) {
                shell.note(member.name() + ": " + found.remark());
            }
            if (found.state() == State.ENDED || found.state() == State.STOPPED) {
                started.put(member, Launch.of(member, shell));
            }
        }
    }

    /**
     * Waits until a broker takes requests.
     *
     * @return why it does not; empty when it does
     */
    Optional<Violation> await(Member member) {
        while (true) {
            Optional<Process> process = Optional.ofNullable(started.get(member));
            if (process.isPresent() && !process.get().isAlive()) {
                return Optional.of(failed(member, process.get()));
            }
            Health health = Health.of(member);
            if (health.ready()) {
                return Optional.empty();
            }
            if (!waiting.goesOn(() -> "waiting for " + member.name(), () -> why(member, health))) {
                return Optional.of(late(member, health));
            }
            Waiting.pause(LOOK_EVERY);
        }
    }

    private static String why(Member member, Health health) {
        Condition now = Condition.of(member);
        return now.state() == State.STARTING && !health.answered()
                ? "its process starts"
                : now.remark().isEmpty() ? health.trouble() : now.remark();
    }

    /** Whether this command started the broker. */
    boolean started(Member member) {
        return started.containsKey(member);
    }

    private static Violation failed(Member member, Process process) {
        deletePidFile(member);
        return ended(member, process.exitValue());
    }

    /**
     * What its end means. A start that was refused for safety is told as that refusal, with what it
     * advised itself: whoever types {@code up} is not to go and look for it.
     */
    static Violation ended(Member member, int exitCode) {
        boolean unsafe = exitCode == ExitCode.REFUSED.number();
        var fixes = new ArrayList<String>(unsafe ? member.log().lastFixes() : List.of());
        fixes.add(
                "tombolo logs %s %s        shows all that it printed"
                        .formatted(member.region().id(), member.node().shortName()));
        return CommandFailure.of(
                        unsafe ? Code.START_UNSAFE : Code.NOT_STARTED,
                        member.title() + " did not start")
                .at(member.logFile().toString())
                .seen(member.log().lastWords() + " (exit code " + exitCode + ")")
                .fix(fixes.toArray(String[]::new))
                .violation();
    }

    /** How a command ends for which some do not run: what is not safe is told before all else. */
    static ExitCode exitCode(List<Violation> violations) {
        for (Code code : List.of(Code.START_UNSAFE, Code.NOT_STARTED)) {
            if (violations.stream().anyMatch(it -> it.code().equals(code.text()))) {
                return code.exitCode();
            }
        }
        return ExitCode.TIMED_OUT;
    }

    /** A broker that never served left nothing open; there is no crash to tell of. */
    private static void deletePidFile(Member member) {
        if (Sighting.of(member) instanceof Sighting.Gone) {
            PidFile.remove(member.pidFile());
        }
    }

    private Violation late(Member member, Health health) {
        return CommandFailure.of(
                        Code.TIMED_OUT,
                        "%s is not ready after %s"
                                .formatted(member.title(), Amounts.ms(patience.toMillis())))
                .at(member.logFile().toString())
                .seen(why(member, health))
                .why("its process goes on")
                .fix(
                        "tombolo ps        shows whether it got there",
                        "tombolo logs %s %s        shows all that it printed"
                                .formatted(member.region().id(), member.node().shortName()),
                        "wait longer: --timeout 5m")
                .violation();
    }
}
