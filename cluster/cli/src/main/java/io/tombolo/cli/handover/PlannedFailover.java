package io.tombolo.cli.handover;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.Failover;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One planned failover: has the region that owns the topics hold writes, waits until the other one
 * has everything, has the first one give the topics away and the other one take them over, and
 * turns the link round. Each step is kept by the regions, so the command goes on where it was when
 * it is repeated. Until the topics are given away every way out takes them back; used by the
 * command and by the demo.
 */
public final class PlannedFailover {

    private static final int STEPS = 6;

    private final Shell shell;
    private final LoadedFile file;
    private final LinkEntry link;
    private final Side giver;
    private final Side taker;
    private final Limits limits;
    private final Steps steps;
    private final Optional<ClientMoves> clients;
    private final HandoverFailures failures;
    private long heldNanos;

    /**
     * How long is waited.
     *
     * @param drain for transactions that are open, before they are aborted
     * @param giveUp until the topics are taken back
     */
    public record Limits(Duration drain, Duration giveUp, String cause) {}

    /**
     * What is asked for.
     *
     * @param policy a failover policy, or the name of a link
     * @param to the region that is to get the topics; the end of the link when empty
     * @param lines takes a line for each step when it is done
     */
    public record Wish(String policy, Optional<String> to, Limits limits, Consumer<String> lines) {}

    private PlannedFailover(
            Shell shell,
            LoadedFile file,
            LinkEntry link,
            List<Side> sides,
            Optional<ClientMoves> clients,
            Wish wish) {
        this.shell = shell;
        this.file = file;
        this.link = link;
        this.giver = sides.getFirst();
        this.taker = sides.getLast();
        this.limits = wish.limits();
        this.steps = new Steps(STEPS, wish.lines());
        this.clients = clients;
        this.failures = new HandoverFailures(file, link, from(), to());
    }

    /**
     * Finds the link and its ends.
     *
     * @throws CommandFailure when one of the ends is not ours
     */
    public static PlannedFailover of(Shell shell, LoadedFile file, Wish wish) {
        LinkEntry written = Failover.linkOf(file, wish.policy());
        for (var end : List.of(written.from(), written.to())) {
            if (file.topology().regions().get(end) instanceof Region.Foreign) {
                throw foreign(file, written, end.name());
            }
        }
        LinkEntry link = Failover.of(shell, file, wish.policy(), wish.to()).link();
        return new PlannedFailover(
                shell,
                file,
                written,
                List.of(
                        Side.of(shell, file, link.from().name(), written),
                        Side.of(shell, file, link.to().name(), written)),
                ClientMoves.of(shell, file, link),
                wish);
    }

    /** The region that gives the topics away. */
    public String from() {
        return giver.name();
    }

    /** The region that gets them. */
    public String to() {
        return taker.name();
    }

    /** Does what is left to do. */
    public Tree execute() {
        Tree there = seenByTaker();
        clients.ifPresent(ClientMoves::look);
        if (owns(there, taker)) {
            return finish(there.at("ownershipEpoch").number(0), 0);
        }
        Tree here = giver.view();
        if (owns(here, taker)) {
            return finish(here.at("ownershipEpoch").number(0), 0);
        }
        boolean begun = isHeld(here);
        if (!begun) {
            refuseUnlessReady(here);
        }
        int groups;
        try (var rollback = new Rollback(this::takeBack)) {
            heldNanos = System.nanoTime();
            if (!begun) {
                begin(rollback);
            }
            groups = giveAway(rollback);
        }
        return finish(giver.view().at("ownershipEpoch").number(0), groups);
    }

    /** Without an answer there is nothing to go on with, and what was begun is taken back. */
    private Tree seenByTaker() {
        try {
            return taker.view();
        } catch (CommandFailure silent) {
            if (isHeld(giver.view())) {
                abort();
                throw failures.takenBack("no broker of %s answers".formatted(taker.name()));
            }
            throw silent;
        }
    }

    private boolean isHeld(Tree here) {
        return here.at("mode").text().equals("HANDOVER") && isOwner(here, giver);
    }

    /** Takes the topics back, when they have not been given away. */
    public Tree abort() {
        AdminAnswer answer = giver.post("take-back", limits.cause());
        if (!answer.ok()) {
            throw failures.refused(answer.body().at("error").text());
        }
        return answer.body();
    }

    /** Whoever cannot be reached takes them back by itself, a minute after the beginning. */
    private void takeBack() {
        try {
            AdminAnswer answer = giver.post("take-back", "interrupted; " + limits.cause());
            if (answer.ok()) {
                shell.note("rolled back: %s takes writes again".formatted(giver.name()));
            } else {
                shell.warn("not rolled back: " + answer.body().at("error").text());
            }
        } catch (RuntimeException silent) {
            shell.warn(
                    "%s does not answer (%s); it takes writes again by itself a minute after it began to hold them"
                            .formatted(giver.name(), silent.getMessage()));
        }
    }

    // --- until the topics are given away

    private void refuseUnlessReady(Tree here) {
        if (!isOwner(here, giver) || here.at("mode").text().equals("DISPUTED")) {
            throw failures.refused(
                    "the topics belong to %s since ownership epoch %s, mode %s"
                            .formatted(
                                    here.at("owner").text(),
                                    here.at("ownershipEpoch").text(),
                                    here.at("mode").text()));
        }
        giver.brokerAway()
                .or(taker::brokerAway)
                .ifPresent(away -> {
                    throw failures.refused(away);
                });
        taker.notCopied(taker.linkView())
                .ifPresent(reason -> {
                    throw failures.refused(reason);
                });
    }

    private void begin(Rollback rollback) {
        AdminAnswer answer =
                rollback.apart(() -> giver.post("begin", limits.cause()), told -> !told.ok())
                        .orElseThrow(failures::interrupted);
        if (!answer.ok()) {
            throw failures.refused(answer.body().at("error").text());
        }
    }

    private int giveAway(Rollback rollback) {
        Tree fenced = fence();
        steps.done(
                "fence " + giver.name(),
                "epoch %s, %s at rest"
                        .formatted(
                                fenced.at("ownershipEpoch").text(),
                                Amounts.of(fenced.at("partitions").number(0), "partition")));
        Tree arrived =
                await(
                        () -> {
                            taker.learn();
                            return giver.progress();
                        },
                        view ->
                                view.at("heard").flag()
                                        && view.at("arrived").number(-1)
                                                == view.at("partitions").number(0),
                        stillMissing("behind"));
        steps.done(
                "drain to " + taker.name(),
                Amounts.of(arrived.at("topics").number(0), "topic") + ", lag 0");
        steps.done(
                "verify",
                "end offsets and last CRC equal on %d/%d partitions"
                        .formatted(
                                arrived.at("arrived").number(0),
                                arrived.at("partitions").number(0)));
        int groups =
                new GroupSync(
                                link,
                                RegionChoice.one(shell, file, giver.name()),
                                RegionChoice.one(shell, file, taker.name()))
                        .settle(steps);
        AdminAnswer answer =
                rollback.apart(() -> giver.post("complete", limits.cause()), AdminAnswer::ok)
                        .orElseThrow(failures::interrupted);
        if (!answer.ok()) {
            throw failures.takenBack(answer.body().at("error").text());
        }
        return groups;
    }

    /** Waits until nothing grows any more; what keeps it from that too long is aborted. */
    private Tree fence() {
        long drainUntil = System.nanoTime() + limits.drain().toNanos();
        boolean[] aborted = {false};
        return await(
                () -> {
                    taker.learn();
                    Tree view = giver.view();
                    boolean late = System.nanoTime() - drainUntil > 0;
                    if (late && !aborted[0] && !view.at("unfenced").items().isEmpty()) {
                        aborted[0] = true;
                        List<String> ids =
                                OpenWork.abort(RegionChoice.one(shell, file, giver.name()), link);
                        if (!ids.isEmpty()) {
                            shell.note(
                                    "       aborted after %s: the transactions of %s"
                                            .formatted(
                                                    Amounts.ms(limits.drain().toMillis()),
                                                    String.join(", ", ids)));
                        }
                    }
                    return view;
                },
                view -> view.at("fenced").number(-1) == view.at("partitions").number(0),
                stillMissing("unfenced"));
    }

    // --- afterwards

    private Tree finish(long epoch, int groups) {
        await(
                taker::learn,
                view -> owns(view, taker) && view.at("ownershipEpoch").number(0) >= epoch,
                this::late);
        AdminAnswer promoted = taker.promote("planned failover; " + limits.cause());
        boolean done =
                promoted.status() == 409
                        && promoted.body().at("reasons").items().stream()
                                .anyMatch(one -> one.at("code").text().equals("TMB-4010"));
        if (!promoted.ok() && !done) {
            throw unfinished(promoted.body().at("error").text());
        }
        long pauseMs =
                heldNanos == 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heldNanos);
        Tree there = taker.view();
        steps.done(
                "promote " + taker.name(),
                Amounts.of(there.at("topics").number(0), "topic") + " writable");
        long only = reverse();
        Tree.Fields outcome =
                Tree.fields()
                        .with("link", link.name().name())
                        .with("from", giver.name())
                        .with("to", taker.name())
                        .with("ownershipEpoch", there.at("ownershipEpoch"))
                        .with("topics", there.at("topics"))
                        .with("partitions", there.at("partitions"))
                        .with("groups", (long) groups)
                        .with("writePauseMs", pauseMs)
                        .with("recordsLost", only)
                        .with("steps", steps.all());
        return clients.map(moves -> moves.count(outcome, limits.cause())).orElse(outcome);
    }

    /** The giver follows the taker; whatever only it has would be lost records. */
    private long reverse() {
        AdminAnswer answer = giver.follow();
        if (!answer.ok()) {
            throw unfinished(answer.body().at("error").text());
        }
        Tree view =
                await(
                        giver::following,
                        found ->
                                found.at("topics").items().stream()
                                        .noneMatch(
                                                one -> one.at("state").text().equals("RETURNING")),
                        this::late);
        long only = 0;
        for (Tree topic : view.at("topics").items()) {
            for (Tree partition : topic.at("partitions").items()) {
                only += partition.at("records").number(0);
            }
        }
        steps.done(
                "reverse " + link.name(),
                "%s follows %s, nothing cut off".formatted(giver.name(), taker.name()));
        return only;
    }

    // --- waiting

    private Tree await(
            Supplier<Tree> look, Predicate<Tree> reached, Function<Tree, CommandFailure> late) {
        Waiting.Seen<Tree> seen = Waiting.until(limits.giveUp(), look, reached);
        if (!seen.reached()) {
            throw late.apply(seen.last());
        }
        return seen.last();
    }

    private Function<Tree, CommandFailure> stillMissing(String names) {
        return view ->
                failures.takenBack(
                        "still missing: "
                                + String.join(
                                        ", ",
                                        view.at(names).items().stream().map(Tree::text).toList()));
    }

    private CommandFailure late(Tree view) {
        return unfinished("it takes longer than " + Amounts.ms(limits.giveUp().toMillis()));
    }

    private CommandFailure unfinished(String seen) {
        return failures.unfinished(
                seen,
                "the topics belong to %s; the regions go on by themselves as far as they can"
                        .formatted(to()));
    }

    private static boolean isOwner(Tree view, Side side) {
        return view.at("owner").text().equals(side.name());
    }

    private static boolean owns(Tree view, Side side) {
        String mode = view.at("mode").text();
        return isOwner(view, side) && (mode.equals("STEADY") || mode.equals("FORCED"));
    }

    private static CommandFailure foreign(LoadedFile file, LinkEntry link, String region) {
        return CommandFailure.of(
                        Code.HANDOVER_FOREIGN,
                        "%s is Apache Kafka, which nobody can keep from taking writes"
                                .formatted(region))
                .at(file.where("links." + link.name()))
                .why("without a fence nobody can tell that the copy has everything")
                .fix(
                        "failover: { %1$s: { follows: %1$s, fence: acls } }        has it denied by rules of %2$s"
                                .formatted(link.name(), region),
                        "stop the producers of %s; when tombolo link list shows no lag: tombolo failover %s"
                                .formatted(region, link.name()))
                .failure();
    }
}
