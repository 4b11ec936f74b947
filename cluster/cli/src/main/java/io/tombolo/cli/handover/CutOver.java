package io.tombolo.cli.handover;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.Failover;
import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SecurityDisabledException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A planned failover from an Apache Kafka cluster: rules of that cluster deny everybody to write to
 * the topics, the copy comes to where they end, and the region at the end of the link takes over.
 * Until then every way out takes the rules away that were made. The cluster keeps them afterwards:
 * it knows nothing of epochs, and nothing else keeps it from taking writes.
 */
final class CutOver {

    private static final int STEPS = 5;

    /** How long nothing may grow: a broker of that cluster learns of its rules a moment later. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private static final int NAMED_MAX = 5;
    private static final int CONFLICT = 409;

    private final Shell shell;
    private final LoadedFile file;
    private final LinkEntry link;
    private final KafkaRegion source;
    private final Side taker;
    private final PlannedFailover.Limits limits;
    private final Steps steps;
    private final AclFence fence;
    private final HandoverFailures failures;

    private CutOver(
            Shell shell,
            LoadedFile file,
            LinkEntry link,
            Region.Foreign source,
            PlannedFailover.Wish wish) {
        this.shell = shell;
        this.file = file;
        this.link = link;
        this.source = RegionChoice.foreign(shell, file, source);
        this.taker = Side.of(shell, file, link.to().name(), link);
        this.limits = wish.limits();
        this.steps = new Steps(STEPS, wish.lines());
        this.fence = new AclFence(this.source);
        this.failures = new HandoverFailures(file, link, from(), to());
    }

    /** Empty when both regions are ours, or the policy has that cluster left alone. */
    static Optional<CutOver> of(Shell shell, LoadedFile file, PlannedFailover.Wish wish) {
        LinkEntry link = Failover.linkOf(file, wish.policy());
        boolean there = wish.to().filter(to -> !to.equals(link.to().name())).isEmpty();
        boolean byRules =
                file.topology().policiesOf(link.name()).stream()
                        .filter(policy ->
                                policy.name().name().equals(wish.policy())
                                        || link.name().name().equals(wish.policy()))
                        .anyMatch(policy -> policy.fence() == FailoverPolicy.Fence.ACLS);
        return there
                        && byRules
                        && file.topology().regions().get(link.from())
                                instanceof Region.Foreign foreign
                ? Optional.of(new CutOver(shell, file, link, foreign, wish))
                : Optional.empty();
    }

    String from() {
        return source.name();
    }

    String to() {
        return taker.name();
    }

    Tree execute() {
        refuseUnlessReady();
        long beganNanos = System.nanoTime();
        try (var rollback = new Rollback(this::lower)) {
            Map<TopicPartition, Long> ends = fence(rollback);
            drain(ends);
            verify(ends);
            int groups =
                    new GroupSync(link, source, RegionChoice.one(shell, file, to())).settle(steps);
            promote(rollback);
            long pauseMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
            return outcome(ends, groups, pauseMs);
        }
    }

    /** Takes the rules away that earlier attempts have left. */
    Tree abort() {
        if (taken(taker.view())) {
            throw failures.refused(
                    "the topics belong to %s; who wants them back takes the rules away by hand"
                            .formatted(to()));
        }
        try (Admin admin = source.admin()) {
            List<String> topics =
                    List.copyOf(Ends.partitions(source, admin, link.topics()::includes).keySet());
            return Tree.fields()
                    .with("link", link.name().name())
                    .with("topics", (long) fence.lowerAll(topics).size());
        }
    }

    private void lower() {
        try {
            if (fence.lower()) {
                shell.note("rolled back: %s takes writes again".formatted(from()));
            }
        } catch (RuntimeException silent) {
            shell.warn(
                    "%s may still have the rules (%s); take them away: tombolo failover %s --abort"
                            .formatted(from(), silent.getMessage(), link.name()));
        }
    }

    private void refuseUnlessReady() {
        if (taken(taker.view())) {
            throw failures.refused("the topics belong to %s already".formatted(to()));
        }
        taker.brokerAway()
                .or(() -> taker.notCopied(taker.linkView()))
                .ifPresent(reason -> {
                    throw failures.refused(reason);
                });
    }

    private boolean taken(Tree view) {
        return view.at("owner").text().equals(to());
    }

    // --- the steps

    /** Has the topics come to rest; where they end. */
    private Map<TopicPartition, Long> fence(Rollback rollback) {
        try (Admin admin = source.admin()) {
            Map<String, Integer> topics = Ends.partitions(source, admin, link.topics()::includes);
            if (rollback.apart(() -> raise(topics.keySet()), _ -> false).isEmpty()) {
                throw failures.interrupted();
            }
            if (Ends.partitions(source, admin, topics::containsKey).size() < topics.size()) {
                throw failures.refused(
                        "%s hides topics from the link once they have a rule: it lets everybody in only where there is none (allow.everyone.if.no.acl.found)"
                                .formatted(from()));
            }
            var partitions = new ArrayList<TopicPartition>();
            topics.forEach((topic, count) -> {
                for (int index = 0; index < count; index++) {
                    partitions.add(new TopicPartition(topic, index));
                }
            });
            Map<TopicPartition, Long> ends = rest(admin, partitions);
            steps.done(
                    "fence " + from(),
                    "writes denied to %s, %s at rest"
                            .formatted(
                                    Amounts.of(topics.size(), "topic"),
                                    Amounts.of(partitions.size(), "partition")));
            return ends;
        }
    }

    private int raise(Set<String> topics) {
        try {
            return fence.raise(topics);
        } catch (CommandFailure failure) {
            throw failure.getCause() instanceof SecurityDisabledException
                    ? failures.refused(from() + " has no authorizer, so it has no rules")
                    : failure;
        }
    }

    /** What was seen of the source, and since when it is like that. */
    private record Still(Map<TopicPartition, Long> ends, boolean open, long sinceNanos) {}

    private Map<TopicPartition, Long> rest(Admin admin, List<TopicPartition> partitions) {
        long drainUntil = System.nanoTime() + limits.drain().toNanos();
        var last = new Still[] {new Still(Map.of(), true, System.nanoTime())};
        boolean[] aborted = {false};
        Waiting.Seen<Still> seen =
                Waiting.until(
                        limits.giveUp(),
                        () -> {
                            last[0] = look(admin, partitions, last[0]);
                            if (last[0].open()
                                    && !aborted[0]
                                    && System.nanoTime() - drainUntil > 0) {
                                aborted[0] = true;
                                OpenWork.abort(source, link);
                            }
                            return last[0];
                        },
                        still ->
                                !still.open()
                                        && System.nanoTime() - still.sinceNanos()
                                                > QUIET.toNanos());
        if (!seen.reached()) {
            throw failures.takenBack(
                    seen.last().open()
                            ? "transactions stay open in " + from()
                            : "topics of %s grow on: super users may write in spite of rules"
                                    .formatted(from()));
        }
        return seen.last().ends();
    }

    private Still look(Admin admin, List<TopicPartition> partitions, Still before) {
        var ends = Ends.of(source, admin, partitions, IsolationLevel.READ_UNCOMMITTED);
        var stable = Ends.of(source, admin, partitions, IsolationLevel.READ_COMMITTED);
        boolean same = ends.equals(before.ends());
        return new Still(
                ends, !ends.equals(stable), same ? before.sinceNanos() : System.nanoTime());
    }

    private void drain(Map<TopicPartition, Long> ends) {
        KafkaRegion copy = RegionChoice.one(shell, file, to());
        try (Admin admin = copy.admin()) {
            Waiting.Seen<Map<TopicPartition, Long>> seen =
                    Waiting.until(
                            limits.giveUp(),
                            () ->
                                    Ends.of(
                                            copy,
                                            admin,
                                            ends.keySet(),
                                            IsolationLevel.READ_UNCOMMITTED),
                            ends::equals);
            if (!seen.reached()) {
                throw failures.takenBack("behind: " + differing(ends, seen.last()));
            }
        }
        steps.done("drain to " + to(), "lag 0");
    }

    private void verify(Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> theirs = Ends.checksums(source, ends);
        Map<TopicPartition, Long> ours = Ends.checksums(RegionChoice.one(shell, file, to()), ends);
        if (!theirs.equals(ours)) {
            throw failures.takenBack("other last records: " + differing(theirs, ours));
        }
        steps.done(
                "verify",
                "end offsets equal on %1$d/%1$d partitions, last record on %2$d"
                        .formatted(ends.size(), ours.size()));
    }

    private static String differing(
            Map<TopicPartition, Long> wanted, Map<TopicPartition, Long> found) {
        var names = new TreeSet<String>();
        wanted.forEach((partition, value) -> {
            if (!value.equals(found.get(partition))) {
                names.add(partition.toString());
            }
        });
        String first = String.join(", ", names.stream().limit(NAMED_MAX).toList());
        return names.size() > NAMED_MAX
                ? "%s and %d more".formatted(first, names.size() - NAMED_MAX)
                : first;
    }

    private void promote(Rollback rollback) {
        Optional<AdminAnswer> answer =
                rollback.apart(this::takeOver, told -> !told.map(CutOver::isRefusal).orElse(false))
                        .orElseThrow(failures::interrupted);
        if (answer.isEmpty()) {
            throw unfinished("no answer: %s may own the topics".formatted(to()));
        }
        String error = answer.get().body().at("error").text();
        if (isRefusal(answer.get())) {
            throw failures.takenBack(error);
        }
        if (!answer.get().ok()) {
            throw unfinished(error);
        }
        steps.done(
                "promote " + to(),
                Amounts.of(taker.view().at("topics").number(0), "topic") + " writable");
    }

    private static boolean isRefusal(AdminAnswer answer) {
        return answer.status() == CONFLICT;
    }

    /** Empty when nobody knows whether the region has taken over. */
    private Optional<AdminAnswer> takeOver() {
        try {
            return Optional.of(
                    taker.takeOver(
                            "planned failover, rules of %s deny writes; %s"
                                    .formatted(from(), limits.cause())));
        } catch (CommandFailure silent) {
            return Optional.empty();
        }
    }

    private CommandFailure unfinished(String seen) {
        return failures.unfinished(seen, "the rules that deny writes in %s stay".formatted(from()));
    }

    private Tree outcome(Map<TopicPartition, Long> ends, int groups, long pauseMs) {
        Tree there = taker.view();
        return Tree.fields()
                .with("link", link.name().name())
                .with("from", from())
                .with("to", to())
                .with("ownershipEpoch", there.at("ownershipEpoch"))
                .with("topics", there.at("topics"))
                .with("partitions", (long) ends.size())
                .with("groups", (long) groups)
                .with("writePauseMs", pauseMs)
                .with("recordsLost", late(ends))
                .with("fence", "acls")
                .with("steps", steps.all());
    }

    /** What super users have written since, although all others were kept from it. */
    private long late(Map<TopicPartition, Long> ends) {
        try (Admin admin = source.admin()) {
            return Ends.of(source, admin, ends.keySet(), IsolationLevel.READ_UNCOMMITTED)
                    .entrySet()
                    .stream()
                    .mapToLong(one -> one.getValue() - ends.getOrDefault(one.getKey(), 0L))
                    .sum();
        }
    }
}
