package io.tombolo.simulation.law;

import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Follows every transaction from what its producer wrote, asked and was told to the markers in the
 * committed logs, which decide what became of it. Where a region has lost committed records, and
 * said so, nothing can be asked of transactions any more. In a log there may be those of the
 * clients of another region, which others follow.
 */
public final class TransactionWatch {

    private final String clients;
    private final Function<Place, LogImage> committed;
    private final ToLongFunction<Place> written;
    private final BooleanSupplier lossTold;
    private final Happenings happenings;
    private final Map<Place, Partition> partitions = new LinkedHashMap<>();
    private final Map<String, Story> stories = new HashMap<>();
    private final Map<Long, Fence> fences = new HashMap<>();
    private final Map<String, Map<Long, String>> begunAt = new HashMap<>();
    private final Map<String, Long> committedUpTo = new HashMap<>();
    private boolean excused;

    /** What is known of one transaction. */
    private static final class Story {
        private final Set<String> acknowledged = new TreeSet<>();
        private boolean commitAsked;
        private boolean abortAsked;
        private Optional<Boolean> told = Optional.empty();
        private Optional<Boolean> outcome = Optional.empty();
    }

    /** What is known of one log. */
    private static final class Partition {
        private final Map<Long, List<LogImage.Batch>> open = new TreeMap<>();
        private final Set<String> committed = new HashSet<>();
        private long seen;
    }

    /** Below this epoch a producer writes nothing from these offsets on. */
    private record Fence(int epoch, Map<Place, Long> from) {}

    /**
     * @param clients what the ids of those begin with whose transactions are followed
     * @param committed what a region has committed of a partition
     * @param written where the longest of its logs ends
     * @param lossTold whether it has lost some of it
     */
    public TransactionWatch(
            String clients,
            Function<Place, LogImage> committed,
            ToLongFunction<Place> written,
            BooleanSupplier lossTold,
            Happenings happenings) {
        this.clients = clients;
        this.committed = committed;
        this.written = written;
        this.lossTold = lossTold;
        this.happenings = happenings;
        Shape.PLACES.forEach(place -> partitions.put(place, new Partition()));
    }

    /** What the ids of those begin with whose transactions are followed. */
    public String clients() {
        return clients;
    }

    private boolean follows(LogImage.Batch batch) {
        return batch.token().startsWith(Sent.IN_TRANSACTION + clients);
    }

    /** Whether the region has lost records on which transactions rest. */
    public boolean excused() {
        excused |= lossTold.getAsBoolean();
        return excused;
    }

    private Story story(String name) {
        return stories.computeIfAbsent(name, _ -> new Story());
    }

    /** The name of the transaction that a batch belongs to. */
    private static String nameOf(String token) {
        return token.substring(0, token.lastIndexOf('/'));
    }

    private void unless(boolean holds, Law law, String detail, Object... values) {
        if (!holds && !excused()) {
            throw new Broken(law, detail.formatted(values));
        }
    }

    // --- what producers hear

    /**
     * A new life of a transactional id begins: the lives before it are fenced. What is in a log by
     * then was written before, and may still be committed: no marker follows it where another
     * region has taken over meanwhile.
     */
    public void began(long producerId, short epoch) {
        Fence before = fences.get(producerId);
        if (before == null || before.epoch < epoch) {
            var ends = new HashMap<Place, Long>();
            partitions.keySet().forEach(place -> ends.put(place, written.applyAsLong(place)));
            fences.put(producerId, new Fence(epoch, ends));
        }
    }

    /** A producer learned that it is fenced. */
    public void fenced() {
        happenings.note(Happening.PRODUCER_FENCED);
    }

    public void acknowledged(Place place, String token) {
        story(nameOf(token)).acknowledged.add(place + " " + token);
    }

    /** A producer is about to ask for an end. */
    public void asked(String name, boolean commit) {
        Story story = story(name);
        story.commitAsked |= commit;
        story.abortAsked |= !commit;
    }

    /** A producer was told that its transaction has ended as it wished. */
    public void told(String name, boolean commit, boolean askedAgain) {
        happenings.note(commit ? Happening.TRANSACTION_COMMITTED : Happening.TRANSACTION_ABORTED);
        if (askedAgain) {
            happenings.note(Happening.TRANSACTION_ENDED_AT_LAST);
        }
        Story story = story(name);
        story.told = Optional.of(commit);
        checkTold(name, story);
        if (commit) {
            committedUpTo.merge(idOf(name), positionOf(name) + 1, Math::max);
        }
    }

    // --- what workers hear of their positions

    /** Where a worker has to go on at least; about to ask where. */
    public long asking(String id) {
        return committedUpTo.getOrDefault(id, 0L);
    }

    /** A worker goes on at a position. */
    public void resumed(String id, long position, long floor) {
        unless(
                position >= floor,
                Law.TRANSACTED_OFFSETS,
                "%s goes on at %d, %d was committed before",
                id,
                position,
                floor);
    }

    private static String idOf(String name) {
        return name.substring(Sent.IN_TRANSACTION.length(), name.indexOf('/'));
    }

    private static long positionOf(String name) {
        return Long.parseLong(name.substring(name.lastIndexOf('/') + 1));
    }

    // --- what readers are given

    /** A reader was given records up to an offset, and where the stable ones end. */
    public void below(Place place, long nextOffset, long lastStableOffset) {
        unless(
                nextOffset <= lastStableOffset,
                Law.ABORTED_HIDDEN,
                "%s is given up to %d, only what is below %d is stable",
                place,
                nextOffset,
                lastStableOffset);
    }

    /** A reader has left out what it was told is aborted. */
    public void leftOut() {
        happenings.note(Happening.ABORTED_LEFT_OUT);
    }

    /** A reader of what is committed takes a batch. */
    public void visible(Place place, LogImage.Batch batch) {
        unless(
                batch.kind() == LogImage.Kind.PLAIN
                        || !follows(batch)
                        || partitions.get(place).committed.contains(batch.token()),
                Law.ABORTED_HIDDEN,
                "a reader of %s is given %s, which nobody committed",
                place,
                batch);
    }

    // --- what the logs say

    /** After every event. */
    public void check() {
        partitions.forEach((place, partition) -> {
            LogImage log = committed.apply(place);
            if (log.end() > partition.seen) {
                for (LogImage.Batch batch : List.copyOf(log.between(partition.seen, log.end()))) {
                    took(place, partition, batch);
                }
                partition.seen = log.end();
            }
        });
    }

    private void took(Place place, Partition partition, LogImage.Batch batch) {
        switch (batch.kind()) {
            case PLAIN -> {}
            case TRANSACTIONAL -> {
                if (follows(batch)) {
                    checkFence(place, batch);
                    partition
                            .open
                            .computeIfAbsent(batch.producerId(), _ -> new ArrayList<>())
                            .add(batch);
                }
            }
            case COMMIT, ABORT -> {
                List<LogImage.Batch> ended = partition.open.remove(batch.producerId());
                boolean commit = batch.kind() == LogImage.Kind.COMMIT;
                for (LogImage.Batch one : ended == null ? List.<LogImage.Batch>of() : ended) {
                    if (commit) {
                        partition.committed.add(one.token());
                    }
                    ended(place, nameOf(one.token()), commit);
                }
            }
        }
    }

    private void checkFence(Place place, LogImage.Batch batch) {
        Fence fence = fences.get(batch.producerId());
        unless(
                fence == null
                        || batch.producerEpoch() >= fence.epoch
                        || batch.base() < fence.from.get(place),
                Law.FENCED_SILENT,
                "%s has %s of a producer that was fenced before: %s",
                place,
                batch,
                fence);
    }

    private void ended(Place place, String name, boolean commit) {
        Story story = story(name);
        boolean first = story.outcome.isEmpty();
        unless(
                first || story.outcome.get() == commit,
                Law.TRANSACTIONS_ATOMIC,
                "%s is %s in %s and the opposite elsewhere",
                name,
                commit ? "committed" : "aborted",
                place);
        unless(
                !commit || story.commitAsked,
                Law.TRANSACTIONS_ATOMIC,
                "%s is committed in %s, and nobody asked for it",
                name,
                place);
        story.outcome = Optional.of(commit);
        checkTold(name, story);
        if (first && commit) {
            checkOnce(name);
        } else if (first && !story.abortAsked) {
            happenings.note(Happening.ABORTED_UNASKED);
        }
    }

    private void checkTold(String name, Story story) {
        unless(
                story.told.isEmpty() || story.outcome.isEmpty() || story.told.equals(story.outcome),
                Law.TRANSACTIONS_ATOMIC,
                "whether %s is committed: its producer was told %s, a log says %s",
                name,
                story.told,
                story.outcome);
    }

    /** The same piece of work is not committed by two lives of a worker. */
    private void checkOnce(String name) {
        String before =
                begunAt.computeIfAbsent(idOf(name), _ -> new HashMap<>())
                        .putIfAbsent(positionOf(name), name);
        unless(
                before == null,
                Law.TRANSACTED_OFFSETS,
                "%s and %s are both committed, from one position on",
                before,
                name);
    }

    // --- what copies say

    /** What a failover has told of a transaction that it tore. */
    public record Torn(long producerId, int producerEpoch) {}

    /** What became of one transaction in the copies of a region. */
    private static final class Fate {
        private final Set<Place> committed = new LinkedHashSet<>();
        private final Set<Place> aborted = new LinkedHashSet<>();
        private Optional<Torn> raisedBy = Optional.empty();
    }

    /**
     * The copies of a region that follows, or has taken over: nothing takes effect there that
     * nobody wished for, and what does so in a part only was told.
     *
     * @param torn those that were told; only a producer whose epoch is raised by each end can be
     * @return by partition, what readers have to be given
     */
    public Map<Place, Set<String>> checkCopies(Map<Place, LogImage> copies, Set<Torn> torn) {
        var fates = new TreeMap<String, Fate>();
        var committedThere = new LinkedHashMap<Place, Set<String>>();
        copies.forEach(
                (place, log) -> committedThere.put(place, committedIn(place, log.from(0), fates)));
        fates.forEach((name, fate) -> {
            Story story = story(name);
            unless(
                    fate.committed.isEmpty()
                            || story.commitAsked && !story.outcome.equals(Optional.of(false)),
                    Law.TRANSACTIONS_ATOMIC,
                    "%s is committed in copies of %s, and not at the source",
                    name,
                    fate.committed);
            if (!fate.committed.isEmpty() && !fate.aborted.isEmpty()) {
                happenings.note(Happening.TRANSACTION_TORN);
                unless(
                        fate.raisedBy.isEmpty() || torn.contains(fate.raisedBy.get()),
                        Law.TORN_TOLD,
                        "%s is committed in copies of %s and aborted in those of %s, told is %s",
                        name,
                        fate.committed,
                        fate.aborted,
                        torn);
            }
        });
        return committedThere;
    }

    private Set<String> committedIn(
            Place place, List<LogImage.Batch> log, Map<String, Fate> fates) {
        var open = new HashMap<Long, List<LogImage.Batch>>();
        var committed = new TreeSet<String>();
        for (LogImage.Batch batch : log) {
            switch (batch.kind()) {
                case PLAIN -> {}
                case TRANSACTIONAL -> {
                    if (follows(batch)) {
                        open.computeIfAbsent(batch.producerId(), _ -> new ArrayList<>()).add(batch);
                    }
                }
                case COMMIT, ABORT -> {
                    boolean commit = batch.kind() == LogImage.Kind.COMMIT;
                    List<LogImage.Batch> ended = open.remove(batch.producerId());
                    for (LogImage.Batch one : ended == null ? List.<LogImage.Batch>of() : ended) {
                        Fate fate = fates.computeIfAbsent(nameOf(one.token()), _ -> new Fate());
                        (commit ? fate.committed : fate.aborted).add(place);
                        if (commit) {
                            committed.add(one.token());
                        }
                        if (commit && batch.producerEpoch() > one.producerEpoch()) {
                            fate.raisedBy =
                                    Optional.of(new Torn(one.producerId(), one.producerEpoch()));
                        }
                    }
                }
            }
        }
        return committed;
    }

    // --- when nobody writes any more

    /** What was acknowledged in a transaction that its producer committed is committed. */
    public void checkSettled() {
        stories.forEach((name, story) -> {
            if (story.told.filter(it -> it).isPresent()) {
                for (String one : story.acknowledged) {
                    int space = one.indexOf(' ');
                    Partition partition = partition(one.substring(0, space));
                    unless(
                            partition.committed.contains(one.substring(space + 1)),
                            Law.TRANSACTIONS_ATOMIC,
                            "%s was committed without %s",
                            name,
                            one);
                }
            }
        });
    }

    private Partition partition(String name) {
        return partitions.entrySet().stream()
                .filter(it -> it.getKey().toString().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }

    /** A reader of all that is committed was given this. */
    public void checkGiven(Place place, Set<String> tokens) {
        checkGiven(place, partitions.get(place).committed, tokens);
    }

    /** The same in another region. */
    public void checkGiven(Place place, Set<String> committed, Set<String> tokens) {
        var missing = new TreeSet<>(committed);
        missing.removeAll(tokens);
        unless(
                missing.isEmpty(),
                Law.TRANSACTIONS_ATOMIC,
                "a reader of %s is not given %s, which is committed",
                place,
                missing);
    }
}
