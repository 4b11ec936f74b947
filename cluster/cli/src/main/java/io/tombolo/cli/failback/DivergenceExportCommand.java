package io.tombolo.cli.failback;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/** Writes what was set aside to a file. */
@Command(
        name = "export",
        description = {
            "Writes the records that the last failback of each topic set aside to a file, one JSON",
            "object per line: topic, partition, offset, timestampMs, committed, key, value,"
                    + " headers.",
            "What is not UTF-8 is in base 64, as keyBase64 or valueBase64."
        },
        footer = {"", "Example:", "  tombolo divergence export eu-to-us --to lost.jsonl"})
final class DivergenceExportCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "POLICY", description = "A failover policy or a link.")
    private String policy = "";

    @Option(
            names = "--to",
            paramLabel = "FILE",
            required = true,
            description = "A file that does not exist yet.")
    private String target = "";

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Of this topic only.")
    private String topic = "";

    DivergenceExportCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        List<SetAside> all = DivergenceListCommand.setAside(shell, file, policy, topic);
        Path path = shell.directory().resolve(target);
        var count = new AtomicLong();
        try (Writer writer =
                Files.newBufferedWriter(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (SetAside one : all) {
                one.forEach(lost -> {
                    write(writer, TreeText.jsonLine(lost.tree(one.topic())));
                    count.incrementAndGet();
                });
            }
        } catch (FileAlreadyExistsException exists) {
            throw unwritable(
                    path, "it exists, and may be all that is left of another export", exists);
        } catch (IOException failed) {
            throw unwritable(path, String.valueOf(failed.getMessage()), failed);
        } catch (UncheckedIOException failed) {
            throw unwritable(path, String.valueOf(failed.getCause()), failed);
        }
        Tree report =
                Tree.fields()
                        .with("file", path)
                        .with("topics", all.size())
                        .with("records", count.get());
        shell.print(
                report,
                () ->
                        "%s of %s → %s\n"
                                .formatted(
                                        Amounts.of(count.get(), "record"),
                                        Amounts.of(all.size(), "topic"),
                                        path));
        return ExitCode.OK.number();
    }

    private static void write(Writer writer, String line) {
        try {
            writer.write(line);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    private static CommandFailure unwritable(Path path, String seen, Exception cause) {
        return CommandFailure.of(Code.BAD_INPUT, "the file cannot be written")
                .at(path.toString())
                .seen(seen)
                .fix("name another file with --to")
                .because(cause)
                .failure();
    }
}
