package io.tombolo.simulation;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.records.BatchWalk;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads one partition for a group: finds the coordinator, resumes at the committed offset, fetches
 * in a session and commits what it has read.
 */
final class Consuming {

    /** How many fetches between two commits, on average. */
    private static final double COMMIT_SHARE = 0.3;

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Site site;
    private final Place place;
    private final String group;
    private final Progress progress;
    private final SimulatedEntropy dice;
    private final KafkaPipe pipe;
    private boolean located;
    private boolean stopped;
    private long position = -1;
    private long committed = -1;
    private Session session = Session.NONE;
    private int sessionLife = -1;

    private record Session(int id, int epoch) {
        static final Session NONE = new Session(0, 0);
    }

    /** What a group has read and committed, wherever it did. */
    interface Progress {

        void resumed(Site site, String group, Place place, long offset, GroupWatch.Asked asked);

        void read(Site site, String group, Place place, long from, long to);

        /** The offset asked for is not in the log (any more); it goes on at another. */
        void reset(Site site, String group, Place place, long from, long to);

        /** About to ask for the committed offset, or to commit one. */
        GroupWatch.Asked asking(Site site, String group, Place place);

        void committed(Site site, String group, Place place, long offset, GroupWatch.Asked asked);
    }

    Consuming(
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
        this.pipe = new KafkaPipe(environment, site.kafka(), "consumer " + group);
    }

    void start() {
        later(1);
    }

    void stop() {
        stopped = true;
        pipe.loop().execute(pipe::close);
    }

    Site site() {
        return site;
    }

    Place place() {
        return place;
    }

    long position() {
        return position;
    }

    private void later(long ms) {
        pipe.loop().execute(() -> pipe.loop().schedule(Duration.ofMillis(ms).toNanos(), this::go));
    }

    private void retry() {
        later(dice.between(20, 300));
    }

    private void go() {
        if (stopped) {
            return;
        }
        if (!located) {
            locate();
        } else if (position < 0) {
            resume();
        } else if (position > Math.max(0, committed) && dice.chance(COMMIT_SHARE)) {
            commit();
        } else {
            fetch();
        }
    }

    private void locate() {
        var body = new FindCoordinatorRequestData().setKey(group).setKeyType((byte) 0);
        pipe.call(
                ApiKeys.FIND_COORDINATOR,
                3,
                body,
                FindCoordinatorResponseData.class,
                PATIENCE,
                answer -> {
                    located = answer.isPresent() && answer.get().errorCode() == Errors.NONE.code();
                    retry();
                });
    }

    private void resume() {
        var topic =
                new OffsetFetchRequestData.OffsetFetchRequestTopic()
                        .setName(place.topic())
                        .setPartitionIndexes(List.of(place.partition()));
        var body = new OffsetFetchRequestData().setGroupId(group).setRequireStable(true);
        body.setTopics(List.of(topic));
        var asked = progress.asking(site, group, place);
        pipe.call(
                ApiKeys.OFFSET_FETCH,
                7,
                body,
                OffsetFetchResponseData.class,
                PATIENCE,
                answer -> {
                    if (answer.isEmpty() || answer.get().errorCode() != Errors.NONE.code()) {
                        located = answer.isPresent();
                        retry();
                        return;
                    }
                    var found = answer.get().topics().getFirst().partitions().getFirst();
                    if (found.errorCode() != Errors.NONE.code()) {
                        retry();
                        return;
                    }
                    committed = found.committedOffset();
                    position = Math.max(0, committed);
                    progress.resumed(site, group, place, committed, asked);
                    later(1);
                });
    }

    private void commit() {
        long offset = position;
        var partition =
                new OffsetCommitRequestData.OffsetCommitRequestPartition()
                        .setPartitionIndex(place.partition())
                        .setCommittedOffset(offset)
                        .setCommittedMetadata("");
        var topic = new OffsetCommitRequestData.OffsetCommitRequestTopic().setName(place.topic());
        topic.partitions().add(partition);
        var body = new OffsetCommitRequestData().setGroupId(group).setMemberId("");
        body.setGenerationIdOrMemberEpoch(-1);
        body.topics().add(topic);
        var asked = progress.asking(site, group, place);
        pipe.call(
                ApiKeys.OFFSET_COMMIT,
                8,
                body,
                OffsetCommitResponseData.class,
                PATIENCE,
                answer -> {
                    boolean stored =
                            answer.isPresent()
                                    && answer.get()
                                                    .topics()
                                                    .getFirst()
                                                    .partitions()
                                                    .getFirst()
                                                    .errorCode()
                                            == Errors.NONE.code();
                    if (stored) {
                        committed = offset;
                        progress.committed(site, group, place, offset, asked);
                        later(1);
                    } else {
                        located = false;
                        retry();
                    }
                });
    }

    private void fetch() {
        if (sessionLife != pipe.lives()) {
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
                        .setPartitionMaxBytes(1 << 16);
        var topic = new FetchRequestData.FetchTopic().setTopic(place.topic());
        topic.partitions().add(partition);
        body.topics().add(topic);
        pipe.call(ApiKeys.FETCH, 12, body, FetchResponseData.class, PATIENCE, this::fetched);
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
        sessionLife = pipe.lives();
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
        }
        progress.read(site, group, place, from, position);
    }

    private void startAgain() {
        var partition =
                new ListOffsetsRequestData.ListOffsetsPartition()
                        .setPartitionIndex(place.partition())
                        .setTimestamp(-1);
        var topic = new ListOffsetsRequestData.ListOffsetsTopic().setName(place.topic());
        topic.partitions().add(partition);
        var body = new ListOffsetsRequestData().setReplicaId(-1);
        body.topics().add(topic);
        pipe.call(
                ApiKeys.LIST_OFFSETS,
                7,
                body,
                ListOffsetsResponseData.class,
                PATIENCE,
                answer -> {
                    if (answer.isPresent()) {
                        var found = answer.get().topics().getFirst().partitions().getFirst();
                        if (found.errorCode() == Errors.NONE.code()) {
                            long end = found.offset();
                            if (end < position) {
                                progress.reset(site, group, place, position, end);
                                position = end;
                                committed = Math.min(committed, end);
                            }
                        }
                    }
                    retry();
                });
    }
}
