package io.tombolo.cli.failback;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Writes what was set aside into the topics again. */
@Command(
        name = "replay",
        description = {
            "Writes the records that the last failback of each topic set aside into the topic,"
                    + " where",
            "it is owned now: in their order and partition, behind what it has taken since."
                    + " Records",
            "of transactions that were not committed are left out. Typed again it writes what is",
            "missing, and nothing twice."
        },
        footer = {
            "",
            "Example:",
            "  tombolo divergence replay eu-to-us --dry-run",
            "  tombolo divergence replay eu-to-us --topic orders --if-absent-by key"
        })
final class DivergenceReplayCommand implements Callable<Integer> {

    private static final String KEY = "key";

    private final Shell shell;

    @Parameters(paramLabel = "POLICY", description = "A failover policy or a link.")
    private String policy = "";

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Of this topic only.")
    private String topic = "";

    @Option(
            names = "--if-absent-by",
            paramLabel = "key",
            description = "Leave out records whose key the topic has taken since.")
    private String absentBy = "";

    @Option(names = "--dry-run", description = "Count what would be written, and write nothing.")
    private boolean dryRun;

    DivergenceReplayCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (!absentBy.isEmpty() && !absentBy.equals(KEY)) {
            throw CommandFailure.of(Code.USAGE, "records are compared by key only")
                    .at("--if-absent-by")
                    .fix("--if-absent-by key")
                    .failure();
        }
        LoadedFile file = LoadedFile.of(shell);
        List<SetAside> all = DivergenceListCommand.setAside(shell, file, policy, topic);
        if (!dryRun && !all.isEmpty()) {
            shell.confirm("writing into %d topics".formatted(all.size()), policy);
        }
        var done = new ArrayList<Row>();
        for (SetAside one : all) {
            KafkaRegion owner = RegionChoice.forTopic(shell, null, one.topic());
            var replay = new Replay(owner, one, absentBy.equals(KEY), dryRun);
            done.add(new Row(one.topic(), owner.name(), replay.run()));
        }
        shell.print(
                Tree.list(done, row -> tree(row, dryRun ? "wouldWrite" : "written")),
                () -> text(done));
        return ExitCode.OK.number();
    }

    private record Row(String topic, String region, Replay.Counts counts) {}

    private Tree.Fields tree(Row row, String written) {
        return Tree.fields()
                .with("topic", row.topic())
                .with("region", row.region())
                .with(written, row.counts().written())
                .with("doneBefore", row.counts().doneBefore())
                .with("uncommitted", row.counts().uncommitted())
                .with("superseded", row.counts().superseded());
    }

    private String text(List<Row> rows) {
        Table table =
                Table.of(
                        "TOPIC",
                        "REGION",
                        dryRun ? "WOULD WRITE" : "WRITTEN",
                        "WRITTEN BEFORE",
                        "NOT COMMITTED",
                        "KEY TAKEN SINCE");
        for (Row row : rows) {
            Replay.Counts counts = row.counts();
            table.row(
                    row.topic(),
                    row.region(),
                    counts.written(),
                    counts.doneBefore(),
                    counts.uncommitted(),
                    counts.superseded());
        }
        return table.textOr("no region is known to have had records that the other one has not");
    }
}
