package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/** Asks every broker and controller of several regions for the status at the same time. */
public final class RegionSnapshots {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private RegionSnapshots() {}

    /**
     * What the brokers of one region said.
     *
     * @param status of the broker that knows most; nothing when none answered
     * @param trouble why not, as the first broker puts it; empty when one did
     * @param readyCount brokers that take requests of clients, each by its own word
     * @param votersReady the controllers of their own, where there are some, that take part in the
     *     quorum, each by its own word
     */
    public record Snapshot(
            Region.Hosted region,
            Tree status,
            String trouble,
            int readyCount,
            Set<Region.Controller> votersReady) {

        /** Of a region whose brokers vote. */
        public Snapshot(Region.Hosted region, Tree status, String trouble, int readyCount) {
            this(region, status, trouble, readyCount, Set.of());
        }

        public boolean answered() {
            return status.present();
        }

        /** Brokers that take requests, of those in the file. */
        public String brokers() {
            return readyCount + "/" + region.brokers().size();
        }

        /** Controllers that take part, of those in the file; empty where brokers vote. */
        public String controllers() {
            int count = region.nodes().controllers().size();
            return count == 0 ? "" : votersReady.size() + "/" + count;
        }

        /** Whether all controllers of the file take part; so where brokers vote. */
        public boolean controllersReady() {
            return votersReady.size() == region.nodes().controllers().size();
        }

        /** One word for the region as a whole. */
        public String state() {
            if (!answered()) {
                return "unreachable";
            }
            if (status.at("quorum", "leader").number(0) < 0) {
                return "no controller";
            }
            boolean degraded =
                    readyCount < region.brokers().size()
                            || !controllersReady()
                            || count("offline") > 0
                            || count("underReplicated") > 0;
            String own = status.at("state").text();
            return degraded && own.equals("serving") ? "degraded" : own;
        }

        /** A number about its partitions; 0 when the broker does not tell. */
        public long count(String what) {
            return status.at("partitions", what).number(0);
        }

        /** The controller as people call it; empty when there is none. */
        public String controller() {
            long id = status.at("quorum", "leader").number(-1);
            return region.nodes()
                    .withId((int) id)
                    .map(region::nameOf)
                    .orElse(id < 0 ? "" : Long.toString(id));
        }
    }

    /** One snapshot per region, in the order given. */
    public static List<Snapshot> of(Shell shell, List<Region.Hosted> regions) {
        return inParallel(regions, region -> ask(shell, region));
    }

    /**
     * What one broker said.
     *
     * @param trouble empty when it answered
     */
    private record Word(Tree status, String trouble) {

        boolean ready() {
            Tree ready = status.at("ready");
            return ready.present() ? ready.flag() : status.at("state").text().equals("serving");
        }

        long knows() {
            return status.at("quorum", "highWatermark").number(-1);
        }
    }

    /** One that is held or cut off is not waited for as long as a command may take. */
    private static Duration patience(Shell shell) {
        return shell.timeout().compareTo(ANSWER_MAX) < 0 ? shell.timeout() : ANSWER_MAX;
    }

    private static Snapshot ask(Shell shell, Region.Hosted region) {
        List<Region.Node> nodes = region.nodes().all();
        List<Word> all = inParallel(nodes, node -> ask(shell, node));
        List<Word> words = all.subList(0, region.brokers().size());
        int ready = (int) words.stream().filter(Word::ready).count();
        var votersReady = new LinkedHashSet<Region.Controller>();
        for (int index = 0; index < nodes.size(); index++) {
            if (nodes.get(index) instanceof Region.Controller one && all.get(index).ready()) {
                votersReady.add(one);
            }
        }
        return words.stream()
                .filter(word -> word.status().present())
                .max(Comparator.comparing(Word::ready).thenComparing(Word::knows))
                .map(best -> new Snapshot(region, best.status(), "", ready, votersReady))
                .orElseGet(() ->
                        new Snapshot(
                                region, Tree.NOTHING, words.getFirst().trouble(), 0, votersReady));
    }

    private static Word ask(Shell shell, Region.Node node) {
        try {
            AdminAnswer answer =
                    new AdminApi(List.of(node.admin()), patience(shell)).get("/api/v1/status");
            return answer.ok()
                    ? new Word(answer.body(), "")
                    : new Word(Tree.NOTHING, "HTTP " + answer.status());
        } catch (AdminUnreachable gone) {
            return new Word(Tree.NOTHING, String.valueOf(gone.getMessage()));
        }
    }

    private static <T, R> List<R> inParallel(List<T> things, Function<T, R> question) {
        var asked = new ArrayList<FutureTask<R>>();
        for (T thing : things) {
            var task = new FutureTask<>(() -> question.apply(thing));
            Thread.ofVirtual().start(task);
            asked.add(task);
        }
        return asked.stream().map(RegionSnapshots::finished).toList();
    }

    private static <R> R finished(FutureTask<R> task) {
        try {
            return task.get();
        } catch (ExecutionException | InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
