package io.tombolo.cli.fleet;

import io.tombolo.cli.process.ProcessFacts;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a broker of the file is.
 *
 * @param pid of its process, or of the one that is gone
 * @param upSince when the process started, when the system tells
 * @param residentBytes memory in use, −1 when it is not known
 * @param remark what a person should know; empty when all is well
 */
record Condition(
        Member member,
        State state,
        OptionalLong pid,
        Optional<Instant> upSince,
        long residentBytes,
        String remark) {

    /** A JVM of which nothing is heard for longer than this does not start, it hangs. */
    private static final Duration START_MAX = Duration.ofMinutes(1);

    /** In the order in which a broker lives. */
    enum State {
        STOPPED("stopped"),
        STARTING("starting"),
        READY("ready"),
        NOT_READY("not ready"),
        STOPPING("stopping"),
        SUSPENDED("suspended"),
        SILENT("no answer"),
        ENDED("ended"),
        ELSEWHERE("not by up");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** As printed. */
        String text() {
            return text;
        }
    }

    /** Looks at the process and asks the broker; takes some seconds when it does not answer. */
    static Condition of(Member member) {
        return switch (Sighting.of(member)) {
            case Sighting.Running(ProcessHandle process) -> running(member, process);
            case Sighting.Gone(long pid) ->
                    ended(member, pid, "process %d ended without an orderly stop".formatted(pid));
            case Sighting.Stranger(long pid, String command) ->
                    ended(
                            member,
                            pid,
                            "its process ended without an orderly stop, and %d is another program"
                                            .formatted(pid)
                                    + " now, left alone: "
                                    + command);
            case Sighting.Nothing _ -> unseen(member);
        };
    }

    private static Condition running(Member member, ProcessHandle process) {
        Optional<Instant> since = process.info().startInstant();
        long bytes = ProcessFacts.residentBytes(process);
        OptionalLong pid = OptionalLong.of(process.pid());
        if (ProcessFacts.isSuspended(process)) {
            String remark = "a signal holds it: kill -CONT " + process.pid();
            return new Condition(member, State.SUSPENDED, pid, since, bytes, remark);
        }
        Health health = Health.of(member);
        State state = state(health, since);
        String remark = health.answered() || state == State.SILENT ? health.trouble() : "";
        return new Condition(member, state, pid, since, bytes, remark);
    }

    private static State state(Health health, Optional<Instant> since) {
        if (health.ready()) {
            return State.READY;
        }
        if (!health.answered()) {
            Instant young = Instant.now().minus(START_MAX);
            return since.filter(young::isBefore).isPresent() ? State.STARTING : State.SILENT;
        }
        return switch (health.phase()) {
            case "starting" -> State.STARTING;
            case "stopping" -> State.STOPPING;
            default -> State.NOT_READY;
        };
    }

    private static Condition ended(Member member, long pid, String how) {
        String remark = member.log().lastError().map(why -> how + ": " + why).orElse(how);
        return new Condition(
                member, State.ENDED, OptionalLong.of(pid), Optional.empty(), -1, remark);
    }

    /** Somebody may have started it in another way, or on another machine. */
    private static Condition unseen(Member member) {
        Health health = Health.of(member);
        return health.answered()
                ? new Condition(
                        member,
                        State.ELSEWHERE,
                        OptionalLong.empty(),
                        Optional.empty(),
                        -1,
                        "it answers on " + member.node().admin() + ", and up did not start it")
                : new Condition(
                        member, State.STOPPED, OptionalLong.empty(), Optional.empty(), -1, "");
    }

    /** How long the process has been there, −1 when it is not, or nobody knows. */
    long uptimeMs() {
        return upSince.map(start -> Duration.between(start, Instant.now()).toMillis()).orElse(-1L);
    }
}
