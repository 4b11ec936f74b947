package io.tombolo.cli.fleet;

import io.tombolo.cli.process.BrokerProgram;
import io.tombolo.cli.process.PidFile;
import io.tombolo.cli.process.ProcessFacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What is found where a broker of this machine should be. */
sealed interface Sighting {

    /** Its process, recognised by its command line. */
    record Running(ProcessHandle process) implements Sighting {}

    /** It was started and has ended without saying so: a crash, a kill, a loss of power. */
    record Gone(long pid) implements Sighting {}

    /**
     * The number in the pid file belongs to somebody else now; what Gone says holds of the broker.
     *
     * @param command the other process, as far as it shows itself
     */
    record Stranger(long pid, String command) implements Sighting {}

    /** It was never started here, or was stopped. */
    record Nothing() implements Sighting {}

    /** Looks at the pid file, then at the process that it names, then at all others. */
    static Sighting of(Member member) {
        OptionalLong noted = noted(member);
        if (noted.isPresent()) {
            Optional<ProcessHandle> process =
                    ProcessHandle.of(noted.getAsLong())
                            .filter(ProcessHandle::isAlive)
                            .filter(alive -> !ProcessFacts.isDefunct(alive));
            if (process.isPresent() && is(member, process.get())) {
                return new Running(process.get());
            }
            Optional<ProcessHandle> elsewhere = search(member);
            if (elsewhere.isPresent()) {
                return new Running(elsewhere.get());
            }
            return process.<Sighting>map(other -> new Stranger(other.pid(), shown(other)))
                    .orElseGet(() -> new Gone(noted.getAsLong()));
        }
        return search(member).<Sighting>map(Running::new).orElseGet(Nothing::new);
    }

    /** Whether a process is this broker and no other one: its own pid file is on its command. */
    static boolean is(Member member, ProcessHandle process) {
        List<String> words = ProcessFacts.commandLine(process).orElse(List.of());
        int option = words.indexOf(BrokerProgram.PID_FILE_OPTION);
        return option >= 0
                && option + 1 < words.size()
                && words.get(option + 1).equals(member.pidFile().toString());
    }

    private static OptionalLong noted(Member member) {
        try {
            return PidFile.read(member.pidFile());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Who started it may have been killed before the pid file was written, or it was deleted. */
    private static Optional<ProcessHandle> search(Member member) {
        return ProcessHandle.allProcesses()
                .filter(process -> is(member, process))
                .filter(ProcessHandle::isAlive)
                .findFirst();
    }

    private static String shown(ProcessHandle process) {
        String words = String.join(" ", ProcessFacts.commandLine(process).orElse(List.of()));
        String text = words.isBlank() ? process.info().command().orElse("not shown") : words;
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
