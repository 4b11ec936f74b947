package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchRequest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a leader keeps of its epoch and of the other replicas. Mutable, part of {@link RaftCore}.
 */
final class LeaderBook {

    /** The position of a replica that has not fetched in this epoch. */
    static final long UNKNOWN_OFFSET = -1;

    /** After so many times the patience with a voter an observer is forgotten. */
    private static final int SILENT_OBSERVER_FETCHES = 100;

    /** A fetch without news that waits for some. */
    record Parked(Envelope envelope, FetchRequest request, long deadlineNanos) {}

    /**
     * The one voter change under way.
     *
     * @param beganNanos when it was asked for
     * @param endOffset committed when the high watermark reaches this; −1 until it is appended
     */
    record PendingChange(
            long request, VoterChange change, long beganNanos, long deadlineNanos, long endOffset) {

        /** The request number of a change that nobody waits for. */
        static final long OF_NOBODY = -1;

        boolean inLog() {
            return endOffset >= 0;
        }

        PendingChange appended(long end) {
            return new PendingChange(request, change, beganNanos, deadlineNanos, end);
        }
    }

    private record Uncommitted(long endOffset, long sizeBytes) {}

    private final long epochStartOffset;
    private final SortedMap<ReplicaKey, Progress> progress = new TreeMap<>();
    private final SortedMap<ReplicaKey, Parked> parked = new TreeMap<>();
    private final Deque<Uncommitted> uncommitted = new ArrayDeque<>();
    private long uncommittedBytes;
    private boolean announced;
    private Optional<PendingChange> pending = Optional.empty();
    private long excusedNanos = Long.MIN_VALUE;

    /** One replica as the leader knows it. */
    static final class Progress {

        long endOffset = UNKNOWN_OFFSET;
        boolean fetched;
        long lastFetchNanos;
        boolean everCaughtUp;
        long lastCaughtUpNanos;
        long beginDueNanos;
        private long leaderEndAtLastFetch = Long.MAX_VALUE;

        private Progress(long nowNanos) {
            lastFetchNanos = nowNanos;
            beginDueNanos = nowNanos;
        }

        void contact(long nowNanos) {
            fetched = true;
            lastFetchNanos = nowNanos;
        }

        /** A fetch at a position that agrees with the leader's log. */
        void fetchedAt(long offset, long leaderEndOffset, long nowNanos) {
            if (offset >= leaderEndOffset) {
                everCaughtUp = true;
                lastCaughtUpNanos = nowNanos;
            } else if (offset >= leaderEndAtLastFetch) {
                // At its previous fetch it lacked nothing of what it has fetched by now.
                everCaughtUp = true;
                lastCaughtUpNanos = Math.max(lastCaughtUpNanos, lastFetchNanos);
            }
            leaderEndAtLastFetch = leaderEndOffset;
            endOffset = Math.max(endOffset, offset);
        }
    }

    LeaderBook(long epochStartOffset) {
        this.epochStartOffset = epochStartOffset;
    }

    long epochStartOffset() {
        return epochStartOffset;
    }

    /** Whether the state machine has been told that it leads. */
    boolean announced() {
        return announced;
    }

    void announce() {
        announced = true;
    }

    Optional<PendingChange> pending() {
        return pending;
    }

    void pend(Optional<PendingChange> change) {
        pending = change;
    }

    /** Silence of the others does not count until then: it was not them who were silent. */
    void excuseUntil(long nanos) {
        excusedNanos = nanos;
    }

    long excusedNanos() {
        return excusedNanos;
    }

    /** The progress of a replica, from now on kept. */
    Progress progressOf(ReplicaKey replica, long nowNanos) {
        return progress.computeIfAbsent(replica, _ -> new Progress(nowNanos));
    }

    boolean knows(ReplicaKey replica) {
        return progress.containsKey(replica);
    }

    SortedMap<ReplicaKey, Progress> progress() {
        return progress;
    }

    int observerCount(VoterSet voters) {
        return (int) progress.keySet().stream().filter(key -> !voters.contains(key)).count();
    }

    /**
     * Forgets observers that have been silent for long. A node that votes under another directory
     * id has lost the disk of this one: then it is soon.
     */
    void forgetObservers(VoterSet voters, long nowNanos, long fetchNanos) {
        progress.entrySet()
                .removeIf(each -> {
                    ReplicaKey key = each.getKey();
                    long silentNanos = nowNanos - each.getValue().lastFetchNanos;
                    long patienceNanos =
                            voters.containsNode(key.nodeId())
                                    ? fetchNanos
                                    : SILENT_OBSERVER_FETCHES * fetchNanos;
                    return !voters.contains(key) && silentNanos > patienceNanos;
                });
    }

    void park(ReplicaKey replica, Parked fetch) {
        parked.put(replica, fetch);
    }

    void unpark(ReplicaKey replica) {
        parked.remove(replica);
    }

    Collection<Parked> parked() {
        return parked.values();
    }

    /** Takes all waiting fetches out. */
    List<Parked> releaseParked() {
        var all = List.copyOf(parked.values());
        parked.clear();
        return all;
    }

    void appended(LogBatch batch) {
        uncommitted.add(new Uncommitted(batch.endOffset(), batch.sizeBytes()));
        uncommittedBytes += batch.sizeBytes();
    }

    void committed(long highWatermark) {
        while (!uncommitted.isEmpty() && uncommitted.getFirst().endOffset() <= highWatermark) {
            uncommittedBytes -= uncommitted.removeFirst().sizeBytes();
        }
    }

    long uncommittedBytes() {
        return uncommittedBytes;
    }

    /** The other voters, those with most of the log first. */
    List<ReplicaKey> successors(VoterSet voters, ReplicaKey self) {
        var others = new ArrayList<>(voters.keys());
        others.remove(self);
        others.sort(
                Comparator.comparingLong(this::endOffsetOf)
                        .reversed()
                        .thenComparing(Comparator.naturalOrder()));
        return others;
    }

    private long endOffsetOf(ReplicaKey replica) {
        Progress known = progress.get(replica);
        return known == null ? UNKNOWN_OFFSET : known.endOffset;
    }
}
