package io.tombolo.cli.fleet;

import io.tombolo.cli.process.LogFile;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** What a broker of this machine has printed. */
@Command(
        name = "logs",
        description =
                "Shows what a broker or controller that up has started printed, the newest last.",
        footer = {"", "Example:", "  tombolo logs eu 1", "  tombolo logs eu 1 --follow"})
final class LogsCommand implements Callable<Integer> {

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    private final Shell shell;

    @Parameters(index = "0", paramLabel = "REGION", description = "The region of the broker.")
    private String region = "";

    @Parameters(
            index = "1",
            paramLabel = "NUMBER",
            description = "The broker's number in its region, from 1; c1 is controller 1.")
    private String shortName = "";

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "COUNT",
            description = "How many lines (default: 50).")
    private int lineCount = 50;

    @Option(names = "--follow", description = "Go on with what it prints, until Ctrl-C.")
    private boolean follow;

    LogsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Member member =
                Fleet.of(shell, Optional.of(region), Optional.of(shortName)).members().getFirst();
        if (!Files.exists(member.logFile())) {
            throw CommandFailure.of(Code.NO_LOG, member.title() + " has no log here")
                    .at(member.logFile().toString())
                    .why("only what up has started on this machine has one")
                    .fix("tombolo up --region %s --id %s".formatted(region, shortName))
                    .failure();
        }
        long end = member.log().from(Long.MAX_VALUE).nextPosition();
        member.log().lastLines(lineCount).forEach(shell.out()::println);
        shell.out().flush();
        while (follow) {
            LogFile.Part more = member.log().from(end);
            shell.out().print(more.text());
            shell.out().flush();
            end = more.nextPosition();
            Waiting.pause(LOOK_EVERY);
        }
        return ExitCode.OK.number();
    }
}
