package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.replication.Role;
import io.tombolo.simulation.law.AckedAlone;
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.law.LogImage;
import io.tombolo.simulation.law.Sent;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads a partition from its beginning, as a new consumer would, and says what it was given. */
public final class Audit {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private record Key(long producerId, int producerEpoch, int sequence) {}

    private final Site site;
    private final Place place;
    private final SimulatedEntropy dice;
    private final Route route;
    private final Map<Key, Integer> counts = new HashMap<>();
    private final Set<String> tokens = new HashSet<>();
    private long position;

    public Audit(Environment environment, Site site, Place place, SimulatedEntropy dice) {
        this.site = site;
        this.place = place;
        this.dice = dice;
        this.route = new Route(environment, site.bootstrap(), "audit of " + place);
    }

    public void start() {
        later(1);
    }

    /**
     * Whether it has read to the end of the leader's log. What the leader shows is no measure: a
     * new one does not know for a moment how far the one before had committed.
     */
    public boolean done() {
        return site.machines().stream()
                .flatMap(machine -> machine.partition(place).stream())
                .filter(partition -> partition.role() instanceof Role.Leader)
                .anyMatch(leader -> position >= leader.log().endOffset());
    }

    /** What was acknowledged has to be among what it read. */
    public void expect(Iterable<Sent> acknowledged) {
        for (Sent sent : acknowledged) {
            var key = new Key(sent.producerId(), sent.producerEpoch(), sent.sequence());
            Broken.unless(
                    counts.getOrDefault(key, 0) == sent.count(),
                    Law.ACKED_PRESENT,
                    "a reader of %s is not given the acknowledged %s",
                    place,
                    sent);
        }
    }

    /** What leaders acknowledged alone is there, but for what is lost by the rules. */
    public void expect(AckedAlone alone) {
        Set<String> missing = new TreeSet<>(alone.kept());
        missing.removeAll(tokens);
        Broken.unless(
                missing.isEmpty(),
                Law.ACKED_BY_LEADER,
                "a reader of %s is not given %s, which no leader began without",
                place,
                missing);
        Set<String> risen = new TreeSet<>(alone.lost());
        risen.retainAll(tokens);
        Broken.unless(
                risen.isEmpty(),
                Law.ACKED_BY_LEADER,
                "a reader of %s is given %s, which a leader began without",
                place,
                risen);
    }

    /** Whether it was given a batch. */
    public boolean gives(Sent sent) {
        return counts.containsKey(
                new Key(sent.producerId(), sent.producerEpoch(), sent.sequence()));
    }

    private void later(long ms) {
        route.later(ms, this::go);
    }

    private void go() {
        if (done()) {
            later(dice.between(20, 300)); // Somebody may still write.
            return;
        }
        if (!route.found()) {
            route.toLeader(place, _ -> later(route.found() ? 1 : dice.between(20, 300)));
            return;
        }
        var body = new FetchRequestData().setMaxWaitMs(100).setMinBytes(1).setMaxBytes(1 << 20);
        var topic = new FetchRequestData.FetchTopic().setTopic(place.topic());
        topic.partitions()
                .add(
                        new FetchRequestData.FetchPartition()
                                .setPartition(place.partition())
                                .setFetchOffset(position)
                                .setCurrentLeaderEpoch(route.leaderEpoch())
                                .setPartitionMaxBytes(1 << 16));
        body.topics().add(topic);
        body.setSessionEpoch(-1);
        route.call(ApiKeys.FETCH, 12, body, FetchResponseData.class, PATIENCE, this::fetched);
    }

    private void fetched(Optional<FetchResponseData> answer) {
        if (answer.isEmpty() || answer.get().responses().isEmpty()) {
            route.forget();
            later(dice.between(20, 300));
            return;
        }
        var partition = answer.get().responses().getFirst().partitions().getFirst();
        if (partition.errorCode() != Errors.NONE.code()) {
            route.forget();
            later(dice.between(20, 300));
            return;
        }
        var walk = new BatchWalk(RecordBytes.of(partition));
        while (walk.next()) {
            var batch = walk.batch();
            counts.put(
                    new Key(batch.producerId(), batch.producerEpoch(), batch.baseSequence()),
                    batch.recordCount());
            tokens.add(LogImage.Batch.of(batch).token());
            position = batch.nextOffset();
        }
        later(1);
    }
}
