package io.tombolo.cli.fleet;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.process.PidFile;
import io.tombolo.cli.process.ProcessFacts;
import io.tombolo.cli.shell.Shell;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Stops one broker after the other, and never anything else. */
final class Stop {

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final long KILL_SECONDS_MAX = 10;

    private final Shell shell;
    private final Duration patience;
    private final boolean force;

    /**
     * @param patience for each broker
     * @param force whether one that does not end in that time is killed
     */
    Stop(Shell shell, Duration patience, boolean force) {
        this.shell = shell;
        this.patience = patience;
        this.force = force;
    }

    /** What became of a broker. */
    sealed interface Outcome {

        /** It handed over what it led, closed its logs and ended. */
        record Stopped(long pid, long ms) implements Outcome {}

        /** It ended before it had closed its logs. */
        record Ended(long pid, long ms) implements Outcome {}

        /** It was killed. */
        record Killed(long pid, long ms) implements Outcome {}

        /** It still runs. */
        record Runs(long pid, String why) implements Outcome {}

        /** It had ended before, without saying so. */
        record WasGone(String how) implements Outcome {}

        /** It did not run. */
        record NothingToDo() implements Outcome {}

        /** It runs, and nobody knows as which process. */
        record NotOurs(String how) implements Outcome {}
    }

    /** Asks a broker to stop, and waits until it has. */
    Outcome of(Member member) {
        return switch (Sighting.of(member)) {
            case Sighting.Running(ProcessHandle process) -> stop(member, process);
            case Sighting.Gone _, Sighting.Stranger _ -> {
                String how = Condition.of(member).remark();
                PidFile.remove(member.pidFile());
                yield new Outcome.WasGone(how);
            }
            case Sighting.Nothing _ -> {
                Condition seen = Condition.of(member);
                yield seen.state() == Condition.State.ELSEWHERE
                        ? new Outcome.NotOurs(seen.remark())
                        : new Outcome.NothingToDo();
            }
        };
    }

    private Outcome stop(Member member, ProcessHandle process) {
        var waiting = new Waiting(shell, patience);
        process.destroy();
        while (isThere(process)) {
            if (!waiting.goesOn(
                    () -> "stopping " + member.name(), () -> Condition.of(member).remark())) {
                return force
                        ? kill(member, process, waiting)
                        : new Outcome.Runs(process.pid(), Condition.of(member).remark());
            }
            Waiting.pause(LOOK_EVERY);
        }
        boolean orderly = Sighting.of(member) instanceof Sighting.Nothing;
        if (!orderly) {
            PidFile.remove(member.pidFile());
        }
        return orderly
                ? new Outcome.Stopped(process.pid(), waiting.elapsedMs())
                : new Outcome.Ended(process.pid(), waiting.elapsedMs());
    }

    private Outcome kill(Member member, ProcessHandle process, Waiting waiting) {
        if (Sighting.is(member, process)) {
            shell.note(
                    "killing %s: it did not stop within %s"
                            .formatted(member.name(), Amounts.ms(patience.toMillis())));
            process.destroyForcibly();
        }
        try {
            process.onExit().get(KILL_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException stays) {
            if (isThere(process)) {
                return new Outcome.Runs(process.pid(), "not even SIGKILL ends it: a disk may hang");
            }
        }
        PidFile.remove(member.pidFile());
        return new Outcome.Killed(process.pid(), waiting.elapsedMs());
    }

    private static boolean isThere(ProcessHandle process) {
        return process.isAlive() && !ProcessFacts.isDefunct(process);
    }
}
