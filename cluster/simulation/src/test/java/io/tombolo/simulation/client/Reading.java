package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.law.LogImage;
import io.tombolo.simulation.law.Progress;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.Optional;

/** Reads one partition for a member of a group, in a fetch session, from a position on. */
final class Reading {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Site site;
    private final Place place;
    private final String group;
    private final Progress progress;
    private final SimulatedEntropy dice;
    private final Route route;
    private boolean stopped;
    private long position;
    private Session session = Session.NONE;
    private int sessionLife = -1;

    private record Session(int id, int epoch) {
        static final Session NONE = new Session(0, 0);
    }

    Reading(
            Environment environment,
            Site site,
            Place place,
            String group,
            Progress progress,
            SimulatedEntropy dice) {
        this.site = site;
        this.place = place;
        this.group = group;
        this.progress = progress;
        this.dice = dice;
        this.route = new Route(environment, site.bootstrap(), "reader of " + group);
    }

    /** Begins; called once. */
    void startAt(long offset) {
        position = offset;
        later(1);
    }

    void stop() {
        stopped = true;
        route.close();
    }

    long position() {
        return position;
    }

    private void later(long ms) {
        route.later(ms, this::go);
    }

    private void retry() {
        route.forget();
        later(dice.between(20, 300));
    }

    private void go() {
        if (stopped) {
            return;
        }
        if (route.found()) {
            fetch();
        } else {
            route.toLeader(place, _ -> later(route.found() ? 1 : dice.between(20, 300)));
        }
    }

    private void fetch() {
        if (sessionLife != route.lives()) {
            session = Session.NONE;
        }
        var body =
                new FetchRequestData()
                        .setMaxWaitMs(500)
                        .setMinBytes(1)
                        .setMaxBytes(1 << 20)
                        .setSessionId(session.id())
                        .setSessionEpoch(session.epoch());
        var partition =
                new FetchRequestData.FetchPartition()
                        .setPartition(place.partition())
                        .setFetchOffset(position)
                        .setCurrentLeaderEpoch(route.leaderEpoch())
                        .setPartitionMaxBytes(1 << 16);
        var topic = new FetchRequestData.FetchTopic().setTopic(place.topic());
        topic.partitions().add(partition);
        body.topics().add(topic);
        route.call(ApiKeys.FETCH, 12, body, FetchResponseData.class, PATIENCE, this::fetched);
    }

    private void fetched(Optional<FetchResponseData> answer) {
        if (stopped) {
            return;
        }
        if (answer.isEmpty()) {
            session = Session.NONE;
            retry();
            return;
        }
        FetchResponseData found = answer.get();
        sessionLife = route.lives();
        if (found.errorCode() != Errors.NONE.code()) {
            session = Session.NONE;
            retry();
            return;
        }
        session =
                found.sessionId() == 0
                        ? Session.NONE
                        : new Session(
                                found.sessionId(),
                                session.id() == found.sessionId() ? session.epoch() + 1 : 1);
        if (found.responses().isEmpty()) {
            later(1);
            return;
        }
        var partition = found.responses().getFirst().partitions().getFirst();
        switch (Errors.forCode(partition.errorCode())) {
            case NONE -> {
                take(partition);
                later(1);
            }
            case OFFSET_OUT_OF_RANGE -> startAgain();
            default -> retry();
        }
    }

    private void take(FetchResponseData.PartitionData partition) {
        long from = position;
        var walk = new BatchWalk(RecordBytes.of(partition));
        while (walk.next()) {
            var batch = walk.batch();
            Broken.unless(
                    batch.baseOffset() <= position && batch.nextOffset() > position,
                    Law.NOTHING_SKIPPED,
                    "%s of %s got %d to %d at position %d",
                    group,
                    place,
                    batch.baseOffset(),
                    batch.nextOffset(),
                    position);
            Broken.unless(
                    batch.nextOffset() <= partition.highWatermark(),
                    Law.HIGH_WATERMARK,
                    "%s was given records up to %d above the high watermark %d",
                    group,
                    batch.nextOffset(),
                    partition.highWatermark());
            position = batch.nextOffset();
            progress.given(site, place, LogImage.Batch.of(batch));
        }
        progress.read(site, group, place, from, position);
    }

    private void startAgain() {
        route.toEnd(
                place,
                PATIENCE,
                answer -> {
                    if (!stopped) {
                        answer.filter(found -> found.errorCode() == Errors.NONE.code())
                                .ifPresent(found -> goBackTo(found.offset()));
                    }
                    retry();
                });
    }

    private void goBackTo(long end) {
        if (end < position) {
            progress.reset(site, group, place, position, end);
            position = end;
        }
    }
}
