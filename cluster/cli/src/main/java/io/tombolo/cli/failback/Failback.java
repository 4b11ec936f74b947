package io.tombolo.cli.failback;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.Failover;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.LinkEntry;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * One failback: has the region that lost the topics find what only it has, copies that to topics of
 * its own, says so, and waits until the region follows the other one. The region remembers each
 * step, so that a failback which was interrupted goes on where it was; used by the command and by
 * the demo.
 */
public final class Failback {

    private static final Duration AGAIN = Duration.ofMillis(50);

    private final Shell shell;
    private final LoadedFile file;
    private final LinkEntry link;
    private final String owner;
    private final RegionAdmin admin;

    private Failback(
            Shell shell, LoadedFile file, LinkEntry link, String owner, RegionAdmin admin) {
        this.shell = shell;
        this.file = file;
        this.link = link;
        this.owner = owner;
        this.admin = admin;
    }

    /** Finds the region that lost the topics, by what both say. */
    public static Failback of(Shell shell, LoadedFile file, String policy) {
        LinkEntry link = linkOf(file, policy);
        List<Tree> views = ReturnView.all(shell, file, link);
        Tree newest =
                views.stream()
                        .max((one, other) -> Long.compare(epoch(one), epoch(other)))
                        .orElseThrow(() -> silent(file, link, link.from().name()));
        String owner = newest.at("owner").text();
        String region = link.from().name().equals(owner) ? link.to().name() : link.from().name();
        Tree loser =
                views.stream()
                        .filter(view -> view.at("region").text().equals(region))
                        .findFirst()
                        .orElseThrow(() -> silent(file, link, region));
        if (loser.at("owner").text().equals(region)) {
            throw refused(
                    file,
                    link,
                    "region %s has not heard yet that %s owns the topics".formatted(region, owner));
        }
        return new Failback(
                shell, file, link, owner, RegionAdmin.of(shell, file, file.hosted(region)));
    }

    static LinkEntry linkOf(LoadedFile file, String policy) {
        return Failover.linkOf(file, policy);
    }

    private static long epoch(Tree view) {
        return view.at("ownershipEpoch").number(0);
    }

    public LinkEntry link() {
        return link;
    }

    /** The region that owns the topics. */
    public String owner() {
        return owner;
    }

    /** The region that lost them. */
    public String region() {
        return admin.id().name();
    }

    /** Does what is left to do and gives the report. */
    public Tree execute() {
        Tree view = view();
        if (inState(view, "RETURNING") == 0) {
            view = accepted(admin.post(ReturnView.path(link)));
        }
        view = await(Failback::allFound, "what only " + region() + " has is not counted yet");
        export(view);
        view =
                await(
                        found -> inState(found, "RETURNING") == 0,
                        "replicas of " + region() + " have not been cut yet");
        return report(view);
    }

    private void export(Tree view) {
        KafkaRegion kafka = RegionChoice.one(shell, file, region());
        for (Tree topic : view.at("topics").items()) {
            if (!topic.at("state").text().equals("RETURNING")) {
                continue;
            }
            var export = new Export(kafka, topic);
            for (Tree partition : topic.at("partitions").items()) {
                if (FailbackText.width(partition) > 0 && !partition.at("exportedTo").present()) {
                    export.copy(partition);
                    accepted(
                            admin.post(
                                    "%s/exported?topic=%s&partition=%d&epoch=%d&to=%s"
                                            .formatted(
                                                    ReturnView.path(link),
                                                    topic.at("topic").text(),
                                                    partition.at("partition").number(-1),
                                                    topic.at("ownershipEpoch").number(0),
                                                    export.target())));
                }
            }
        }
    }

    private Tree report(Tree view) {
        long records = 0;
        for (Tree topic : view.at("topics").items()) {
            for (Tree partition : topic.at("partitions").items()) {
                records += partition.at("records").number(0);
            }
        }
        return Tree.fields()
                .with("link", link.name().name())
                .with("region", region())
                .with("owner", owner)
                .with("topics", (long) view.at("topics").items().size())
                .with("records", records)
                .with("divergences", view.at("topics"))
                .with("onlyHere", view.at("onlyHere"));
    }

    private Tree view() {
        return admin.require(ReturnView.path(link));
    }

    private Tree accepted(AdminAnswer answer) {
        if (!answer.ok()) {
            throw refused(file, link, answer.body().at("error").text());
        }
        return answer.body();
    }

    private Tree await(Predicate<Tree> reached, String otherwise) {
        long deadline = System.nanoTime() + shell.timeout().toNanos();
        Tree view = view();
        while (!reached.test(view)) {
            if (System.nanoTime() - deadline > 0) {
                throw CommandFailure.of(Code.TIMED_OUT, "the failback is not finished")
                        .at(file.where("links." + link.name()))
                        .seen(otherwise)
                        .why("replicas that lag, or brokers that are down, are waited for")
                        .fix("repeat the command: it goes on", "wait longer: --timeout 2m")
                        .failure();
            }
            pause();
            view = view();
        }
        return view;
    }

    private static void pause() {
        try {
            Thread.sleep(AGAIN);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private static boolean allFound(Tree view) {
        return view.at("topics").items().stream()
                .filter(topic -> topic.at("state").text().equals("RETURNING"))
                .flatMap(topic -> topic.at("partitions").items().stream())
                .allMatch(partition -> partition.at("found").flag());
    }

    private static long inState(Tree view, String state) {
        return view.at("topics").items().stream()
                .filter(topic -> topic.at("state").text().equals(state))
                .count();
    }

    private static CommandFailure silent(LoadedFile file, LinkEntry link, String region) {
        return CommandFailure.of(Code.UNREACHABLE, "no broker of region " + region + " answers")
                .at(file.where("links." + link.name()))
                .fix("start it: tombolo up --region " + region, "tombolo status")
                .failure();
    }

    private static CommandFailure refused(LoadedFile file, LinkEntry link, String seen) {
        return CommandFailure.of(Code.FAILBACK_REFUSED, "the topics cannot come back now")
                .at(file.where("links." + link.name()))
                .seen(seen)
                .fix("tombolo status")
                .failure();
    }
}
