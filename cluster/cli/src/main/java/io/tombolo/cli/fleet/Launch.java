package io.tombolo.cli.fleet;

import io.tombolo.cli.process.BrokerProgram;
import io.tombolo.cli.process.LogFile;
import io.tombolo.cli.process.PidFile;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** Starts brokers as processes that outlive this one. */
final class Launch {

    private Launch() {}

    /** Starts a broker; the process has its own number from the beginning. */
    static Process of(Member member, Shell shell) {
        var arguments =
                List.of(
                        "-f",
                        LoadedFile.pathFor(shell).toString(),
                        "--region",
                        member.region().id().name(),
                        "--id",
                        Integer.toString(member.node().number()),
                        BrokerProgram.PID_FILE_OPTION,
                        member.pidFile().toString(),
                        "--log-file",
                        member.logFile().toString());
        File log = member.logFile().toFile();
        try {
            Files.createDirectories(member.runFolder());
            new LogFile(member.logFile()).begin(member.name());
            Process process =
                    new ProcessBuilder(
                                    BrokerProgram.detached(
                                            BrokerProgram.preferred(member.role(), arguments)))
                            .directory(shell.directory().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                            .start();
            PidFile.write(member.pidFile(), process.pid());
            return process;
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }
}
