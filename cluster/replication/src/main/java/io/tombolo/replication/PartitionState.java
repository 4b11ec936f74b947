package io.tombolo.replication;

import io.tombolo.environment.Invariant;
import io.tombolo.replication.Role.Follower;
import io.tombolo.replication.Role.Idle;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.MirrorLeader;
import io.tombolo.replication.leader.LeaderReplicas;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What all sides of a {@link Partition} share: its role, its high watermark, who waits, and the
 * guard that takes it offline. Mutable, confined to the loop of the partition.
 */
final class PartitionState implements LeaderSide.Host {

    private static final String OFFLINE = "this broker cannot use the partition; see its log";

    final TopicIdPartition id;
    final PartitionLog log;
    final Readers readers = new Readers();
    final Acknowledgements acknowledgements;
    private final Partition partition;
    private Consumer<Exception> offlineListener = _ -> {};
    private Consumer<Errors> leadershipEndListener = _ -> {};
    private Consumer<LogDamage> damageListener = _ -> {};
    private @Nullable LogDamage damage;
    private boolean damageHoldsUp;
    private Consumer<Boolean> roomListener = _ -> {};
    private boolean full;
    private boolean doubted;
    Role role = new Idle();
    PartitionSettings settings;
    @Nullable LeaderSide leaderSide;
    private long highWatermark;

    PartitionState(
            Partition partition,
            TopicIdPartition id,
            PartitionLog log,
            PartitionSettings settings,
            Acknowledgements acknowledgements) {
        this.partition = partition;
        this.id = id;
        this.log = log;
        this.settings = settings;
        this.acknowledgements = acknowledgements;
        this.highWatermark = log.checkpointedHighWatermark();
    }

    /** To be called once everything is in place. */
    void listen() {
        log.onDurable(_ -> guarded(this::advanceHighWatermark, _ -> false));
        log.onFailure(this::wentOffline);
        log.onDamage(found -> guarded(() -> damaged(found), _ -> false));
    }

    /** A follower gives its log up at once, so that it is fetched again. */
    private boolean damaged(LogDamage found) {
        LogDamage known = damage;
        if (known == null || found.fromOffset() < known.fromOffset()) {
            damage = found;
            damageListener.accept(found);
        }
        giveUpDamaged();
        return true;
    }

    /**
     * A leader whose log is damaged gives it up when the others in sync are enough without it: one
     * of them leads, and this replica fetches again what it has lost. When a replica cannot catch
     * up for the damage, one other in sync is enough: more there would never be. Until then the
     * leader answers with what is sound; the rest is an error for each fetch, and never cut.
     */
    void giveUpDamaged() {
        LogDamage known = damage;
        if (known == null || role instanceof Idle) {
            return;
        }
        if (known.toOffset() <= log.startOffset()) {
            damage = null;
        } else if (leaderSide == null
                || leaderSide.othersSuffice(damageHoldsUp ? 1 : settings.inSyncMin())) {
            log.fail(known);
            failWhenLogFailed();
        }
    }

    /** A replica asks for the records from an offset on. */
    void asked(long fetchOffset) {
        LogDamage known = damage;
        if (known != null && fetchOffset < known.toOffset()) {
            damageHoldsUp = true;
            giveUpDamaged();
        }
    }

    /** What is known to be damaged of a log that is in use. */
    Optional<LogDamage> damage() {
        return Optional.ofNullable(damage);
    }

    void onDamage(Consumer<LogDamage> listener) {
        damageListener = listener;
    }

    long highWatermark() {
        return highWatermark;
    }

    LeaderHint leader() {
        return switch (role) {
            case Idle _ -> LeaderHint.NONE;
            case Follower(int epoch, int leaderId, int _) -> new LeaderHint(leaderId, epoch);
            case Leader leader -> hintOf(leader.leadership());
            case MirrorLeader leader -> hintOf(leader.leadership());
        };
    }

    private static LeaderHint hintOf(Leadership leadership) {
        return new LeaderHint(leadership.brokerId(), leadership.leaderEpoch());
    }

    ProduceOutcome notLeader() {
        return log.failure().isPresent()
                ? ProduceOutcome.refused(Errors.KAFKA_STORAGE_ERROR, OFFLINE)
                : ProduceOutcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, "").toward(leader());
    }

    /** Whether acks=all cannot be promised. */
    boolean tooFewInSync() {
        LeaderSide leading = leaderSide;
        return leading == null || !leading.enoughInSync(settings.inSyncMin());
    }

    /** This broker leads no more, or in another epoch. */
    void endLeadership(Errors error, String message) {
        LeaderSide leading = leaderSide;
        leaderSide = null;
        doubted = false;
        if (leading != null) {
            leading.end();
            readers.appended(partition); // replicas that wait here have to ask another leader
        }
        acknowledgements.failAll(error, message, leader());
        leadershipEndListener.accept(error);
    }

    /**
     * Whoever has waited for replicas since this was last called is sent to ask others who leads,
     * and so is, until replicas are heard again, whoever comes: another leader knows nothing of
     * what would be appended here.
     */
    void doubtLeadership() {
        doubted |= acknowledgements.failThoseSeenBefore(ProduceOutcome.doubtful());
    }

    /** Why acks=all cannot be promised by this leader; empty when it can. */
    Optional<ProduceOutcome> doubt() {
        return doubted ? Optional.of(ProduceOutcome.doubtful()) : Optional.empty();
    }

    void onLeadershipEnd(Consumer<Errors> listener) {
        leadershipEndListener = listener;
    }

    /** Moves the high watermark of a leader as far as it may go; whether it moved. */
    boolean advanceHighWatermark() {
        LeaderSide leading = leaderSide;
        if (leading == null) {
            return false;
        }
        long reached =
                log.settings().flush().acknowledgesDurable()
                        ? log.durableOffset()
                        : log.endOffset();
        long limit = leading.advancedHighWatermark(reached, highWatermark, settings.inSyncMin());
        boolean moved = moveHighWatermark(Math.max(limit, log.startOffset()));
        acknowledgements.durableTo(log.durableOffset());
        return moved;
    }

    /** Moves the high watermark forward, if that is forward; whether it moved. */
    boolean moveHighWatermark(long next) {
        if (next <= highWatermark) {
            return false;
        }
        Invariant.check(
                next <= log.endOffset(),
                "high watermark %d is beyond the log end %d",
                next,
                log.endOffset());
        highWatermark = next;
        doubted = false;
        log.noteHighWatermark(next);
        acknowledgements.committedTo(next);
        readers.moved(partition);
        return true;
    }

    /** The log of a follower may have been cut below the high watermark, or moved above it. */
    void keepHighWatermarkWithinLog() {
        highWatermark = Math.clamp(highWatermark, log.startOffset(), log.endOffset());
        log.noteHighWatermark(highWatermark);
    }

    /** Calls the listener when the disk has no room for records, and when it has some again. */
    void onRoom(Consumer<Boolean> listener) {
        roomListener = listener;
    }

    /** The log of a leader has more records. */
    void appended() {
        if (full) {
            full = false;
            roomListener.accept(true);
        }
        LeaderSide leading = leaderSide;
        if (leading != null) {
            leading.appended();
        }
        advanceHighWatermark();
        readers.appended(partition);
    }

    /**
     * The disk of a leader has no room for what was to be appended. Where another replica is in
     * sync, that one is to lead: this one gives its log up until there is room. Else it goes on
     * leading for whoever reads, and tries each append anew.
     */
    void lacksRoom(Exception cause) {
        LeaderSide leading = leaderSide;
        if (leading == null || leading.othersSuffice(1)) {
            log.fail(cause);
        } else if (!full) {
            full = true;
            roomListener.accept(false);
        }
    }

    /** The log of a leader starts later. */
    void trimmed() {
        readers.changed(partition);
    }

    /** Who is in sync, or how many must be, is another thing; whether the high watermark moved. */
    boolean reconsider() {
        boolean moved = advanceHighWatermark();
        if (leaderSide != null && tooFewInSync()) {
            acknowledgements.tooFewInSync();
        }
        return moved;
    }

    @Override
    public void inSyncChanged() {
        reconsider();
        readers.changed(partition); // whoever is not in sync any more is looked at again
        giveUpDamaged();
    }

    @Override
    public LeaderReplicas.View view(long nowNanos) {
        return new LeaderReplicas.View(
                highWatermark, log.endOffset(), settings.inSyncMin(), nowNanos);
    }

    @Override
    public void step(Runnable step) {
        guarded(
                () -> {
                    step.run();
                    return true;
                },
                _ -> false);
    }

    /**
     * Runs a step of this partition; one that throws leaves nobody knows what behind, so it is the
     * last one.
     */
    <T> T guarded(Supplier<T> step, Function<RuntimeException, T> otherwise) {
        try {
            return step.get();
        } catch (RuntimeException mistake) {
            log.fail(mistake);
            failWhenLogFailed();
            return otherwise.apply(mistake);
        }
    }

    void onOffline(Consumer<Exception> listener) {
        offlineListener = listener;
    }

    private void wentOffline(Exception cause) {
        failWhenLogFailed();
        offlineListener.accept(cause);
    }

    void failWhenLogFailed() {
        if (log.failure().isPresent() && !(role instanceof Idle)) {
            role = new Idle();
            endLeadership(Errors.KAFKA_STORAGE_ERROR, OFFLINE);
            readers.moved(partition);
        }
    }
}
