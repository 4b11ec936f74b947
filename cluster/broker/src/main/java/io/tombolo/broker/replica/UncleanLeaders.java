package io.tombolo.broker.replica;

import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.UncleanElection;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Partition.Discarded;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What unclean elections cost. The new leader knows up to where it surely has what was committed:
 * committed records from there on may be lost. How many there were shows when a broker that had
 * them comes back and throws them away. A last known leader that comes back after an unclean stop
 * lacks nothing but what a power failure took from its disk; it is counted apart. Kept for whoever
 * asks while this broker runs; mutable, owned by the controller's loop.
 */
public final class UncleanLeaders {

    /** Of each kind, the latest; all are counted. */
    static final int LATEST_MAX = 100;

    private final int self;
    private final Shards shards;
    private final EventLoop loop;
    private final Consumer<List<Elected>> electedHere;
    private final ArrayDeque<Elected> elected = new ArrayDeque<>();
    private final ArrayDeque<Lost> discarded = new ArrayDeque<>();
    private long electedCount;
    private long lastKnownCount;
    private long discardedRecordCount;

    /**
     * A leader that may lack committed records.
     *
     * @param oldLeader −1 when none is known
     * @param lostFromOffset below it nothing is lost; known to itself only
     */
    public record Elected(
            TopicPartition partition,
            int oldLeader,
            int newLeader,
            int leaderEpoch,
            OptionalLong lostFromOffset) {

        /** Whether it led before, stopped uncleanly, and is back. */
        public boolean lastKnown() {
            return oldLeader == newLeader;
        }
    }

    /** Records that this broker had and its leader has not; they may have been acknowledged. */
    public record Lost(TopicPartition partition, Discarded records) {}

    /**
     * @param electedHere hears of leaders on this broker, all of one change of the metadata at once
     */
    public UncleanLeaders(
            int self, Shards shards, EventLoop loop, Consumer<List<Elected>> electedHere) {
        this.self = self;
        this.shards = shards;
        this.loop = loop;
        this.electedHere = electedHere;
    }

    /** Notes who was elected; after the partitions have been told of their roles. */
    public void publish(MetadataDelta delta) {
        List<UncleanElection> elections = delta.uncleanElections();
        var here = new ArrayList<TopicIdPartition>();
        var hereElected = new ArrayList<UncleanElection>();
        for (UncleanElection election : elections) {
            var id =
                    new TopicIdPartition(
                            election.partition().topicId(),
                            election.partition().index(),
                            delta.topic(election.partition().topicId()).orElseThrow().name());
            if (election.newLeader() == self) {
                here.add(id);
                hereElected.add(election);
            } else {
                note(elected(id.topicPartition(), election, OptionalLong.empty()));
            }
        }
        if (!here.isEmpty()) {
            ask(here, hereElected);
        }
    }

    private static Elected elected(
            TopicPartition partition, UncleanElection election, OptionalLong lostFromOffset) {
        return new Elected(
                partition,
                election.oldLeader(),
                election.newLeader(),
                election.leaderEpoch(),
                lostFromOffset);
    }

    private void ask(List<TopicIdPartition> ids, List<UncleanElection> elections) {
        shards.<OptionalLong>askAll(
                ids,
                loop,
                (place, partition, fill) ->
                        fill.accept(lostFromOffset(partition, elections.get(place))),
                lost -> {
                    var known = new ArrayList<Elected>();
                    for (int place = 0; place < ids.size(); place++) {
                        TopicPartition name = ids.get(place).topicPartition();
                        known.add(elected(name, elections.get(place), lost.get(place)));
                    }
                    known.forEach(this::note);
                    electedHere.accept(known);
                });
    }

    private static OptionalLong lostFromOffset(
            Optional<Partition> partition, UncleanElection election) {
        return partition
                .flatMap(Partition::beginning)
                .filter(begun -> begun.leaderEpoch() == election.leaderEpoch())
                .map(begun -> OptionalLong.of(begun.lostFromOffset(election.oldLeaderEpoch())))
                .orElseGet(OptionalLong::empty);
    }

    private void note(Elected one) {
        if (one.lastKnown()) {
            lastKnownCount++;
        } else {
            electedCount++;
        }
        keep(elected, one);
    }

    /** This broker threw records away that may have been acknowledged: its leader lacks them. */
    public void discarded(Lost lost) {
        discardedRecordCount += lost.records().toOffset() - lost.records().fromOffset();
        keep(discarded, lost);
    }

    private static <T> void keep(ArrayDeque<T> latest, T one) {
        if (latest.size() == LATEST_MAX) {
            latest.removeFirst();
        }
        latest.addLast(one);
    }

    /** Unclean elections in the region since this broker started. */
    public long electedCount() {
        return electedCount;
    }

    /** Last known leaders in the region that lead again, since this broker started. */
    public long lastKnownCount() {
        return lastKnownCount;
    }

    public List<Elected> latestElected() {
        return List.copyOf(elected);
    }

    /** Records that this broker threw away since it started and that may have been acknowledged. */
    public long discardedRecordCount() {
        return discardedRecordCount;
    }

    public List<Lost> latestDiscarded() {
        return List.copyOf(discarded);
    }
}
