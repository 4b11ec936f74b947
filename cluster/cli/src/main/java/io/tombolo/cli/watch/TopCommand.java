package io.tombolo.cli.watch;

import io.tombolo.cli.admin.LinkTable;
import io.tombolo.cli.admin.RegionSnapshots;
import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Screen;
import io.tombolo.cli.shell.Shell;
import io.tombolo.cli.watch.Movement.Pace;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** What moves now. */
@Command(
        name = "top",
        description = {
            "The topics that take most records, and the links, refreshed in place.",
            "Without a terminal, and with -o json or yaml, one look over a second is printed."
        },
        footer = {"", "Example:", "  tombolo top", "  tombolo top --region eu --every 5s"})
final class TopCommand implements Callable<Integer> {

    private static final Duration ONE_LOOK = Duration.ofSeconds(1);

    private final Shell shell;

    @Option(names = "--region", paramLabel = "REGION", description = "Look at this region only.")
    private @Nullable String region;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "Pause between two looks (default: 2s).")
    private Duration every = Duration.ofSeconds(2);

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "End after so many looks (default: Ctrl-C ends it).")
    private long count;

    @Option(
            names = "--topics",
            paramLabel = "N",
            defaultValue = "20",
            description = "Show so many topics (default: 20).")
    private int topicsMax = 20;

    TopCommand(Shell shell) {
        this.shell = shell;
    }

    /** Fails when not a single region answers. */
    @Override
    public Integer call() {
        LoadedFile file = LoadedFile.of(shell);
        try (var watcher = new Watcher(RegionChoice.oneOrAll(shell, region))) {
            var looks = new Looks(watcher, watcher.look());
            if (Screen.fits(shell)) {
                new Screen(shell, every, count).show(() -> text(file, looks.next()));
                return ExitCode.OK.number();
            }
            LockSupport.parkNanos(ONE_LOOK.toNanos());
            Look look = looks.next();
            List<Snapshot> snapshots = snapshots(file);
            shell.print(tree(look, snapshots), () -> text(look, snapshots));
            boolean answered = snapshots.stream().anyMatch(Snapshot::answered);
            return (answered ? ExitCode.OK : ExitCode.FAILED).number();
        }
    }

    /** The topics in their order, and the regions that are not among them. */
    private record Look(List<Pace> paces, List<String> silent) {}

    /** Each look is compared with the one before. */
    private static final class Looks {
        private final Watcher watcher;
        private Movement last;

        Looks(Watcher watcher, Movement first) {
            this.watcher = watcher;
            this.last = first;
        }

        Look next() {
            Movement now = watcher.look();
            Movement before = last;
            last = now;
            return new Look(now.since(before), watcher.silent());
        }
    }

    private List<Snapshot> snapshots(LoadedFile file) {
        return RegionSnapshots.of(shell, file.hostedOrAll(Optional.ofNullable(region)));
    }

    private String text(LoadedFile file, Look look) {
        return text(look, snapshots(file));
    }

    private String text(Look look, List<Snapshot> snapshots) {
        var text = new StringBuilder();
        Table links = LinkTable.header();
        for (Snapshot snapshot : snapshots) {
            text.append(
                    "%s %s %s   "
                            .formatted(
                                    snapshot.region().id(), snapshot.state(), snapshot.brokers()));
            snapshot.status().at("links").items().forEach(link -> LinkTable.add(links, link));
        }
        text.append("\n\n");
        if (!links.isEmpty()) {
            text.append(links.text()).append('\n');
        }
        Table topics = Table.of("REGION", "TOPIC", "PARTITIONS", "RECORDS/s", "END");
        look.paces().stream().limit(topicsMax).forEach(pace -> add(topics, pace));
        text.append(topics.textOr("no topics"));
        int more = look.paces().size() - topicsMax;
        if (more > 0) {
            text.append("and %s that took fewer\n".formatted(Amounts.of(more, "topic")));
        }
        look.silent().forEach(name -> text.append(name).append(" does not answer clients\n"));
        return text.toString();
    }

    private static void add(Table table, Pace pace) {
        table.row(
                pace.key().region(),
                pace.key().topic(),
                pace.topic().partitionCount(),
                rate(pace.recordsPerSecond()),
                Amounts.count(pace.topic().endOffsets()));
    }

    /** A dash when it is not known; slow ones have a fraction. */
    private static String rate(double perSecond) {
        if (perSecond < 0) {
            return "–";
        }
        return perSecond > 0 && perSecond < 10
                ? String.format(Locale.ROOT, "%.1f", perSecond)
                : Amounts.count(Math.round(perSecond));
    }

    private Tree tree(Look look, List<Snapshot> snapshots) {
        return Tree.fields()
                .with(
                        "topics",
                        Tree.list(
                                look.paces().stream().limit(topicsMax).toList(), TopCommand::tree))
                .with("topicCount", look.paces().size())
                .with(
                        "links",
                        snapshots.stream()
                                .flatMap(one -> one.status().at("links").items().stream())
                                .toList())
                .with("silent", look.silent());
    }

    private static Tree tree(Pace pace) {
        return Tree.fields()
                .with("region", pace.key().region())
                .with("topic", pace.key().topic())
                .with("partitions", pace.topic().partitionCount())
                .with("recordsPerSecond", pace.recordsPerSecond())
                .with("endOffsets", pace.topic().endOffsets());
    }
}
