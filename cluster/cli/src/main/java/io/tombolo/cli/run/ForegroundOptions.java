package io.tombolo.cli.run;

import io.tombolo.broker.BrokerServer;
import io.tombolo.cli.process.BrokerProgram;
import io.tombolo.cli.process.PidFile;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Logging;
import io.tombolo.cli.shell.Shell;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How one broker or controller runs in the foreground. Filled in by the parser. */
final class ForegroundOptions {

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            description = "How long an orderly stop may take (default: ${DEFAULT-VALUE}).",
            defaultValue = "30s")
    private Duration grace = BrokerServer.GRACE;

    @Option(
            names = BrokerProgram.PID_FILE_OPTION,
            paramLabel = "FILE",
            description = "A file with the number of this process; deleted after an orderly stop.")
    private @Nullable Path pidFile;

    @Option(
            names = "--log-file",
            paramLabel = "FILE",
            description =
                    "The file that output is redirected to: begun anew at 16 MiB, and the last"
                            + " three kept beside it.")
    private @Nullable Path logFile;

    @Option(
            names = BrokerProgram.UNTIL_INPUT_ENDS_OPTION,
            description =
                    "Stop in an orderly way when standard input ends, too: when whoever holds its"
                            + " other end has ended.")
    private boolean untilInputEnds;

    /** Runs it until it is stopped; returns the exit code. */
    int run(Shell shell, LoadedFile file, Seat seat, Duration wanOneWay) {
        if (logFile != null) {
            Logging.keepSmall(logFile);
        }
        var ending = new Foreground.Ending(grace, untilInputEnds);
        int exitCode = new Foreground(shell, file, ending).run(List.of(seat), wanOneWay);
        if (pidFile != null) {
            PidFile.removeOwn(pidFile);
        }
        return exitCode;
    }
}
