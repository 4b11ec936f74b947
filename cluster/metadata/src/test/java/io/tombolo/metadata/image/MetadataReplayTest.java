package io.tombolo.metadata.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.ProducerIdsAllocated;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Properties that hold for every log of records, tried on random ones. */
class MetadataReplayTest {

    private static final int RECORDS = 1_500;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void howALogIsSplitIntoBatchesDoesNotMatter(long seed) {
        var history = new RandomHistory(seed);
        List<MetadataRecord> records = history.records(RECORDS);

        MetadataImage split = MetadataImage.EMPTY;
        var random = new Random(seed);
        for (int from = 0; from < records.size(); ) {
            int to = Math.min(records.size(), from + 1 + random.nextInt(200));
            split = split.apply(records.subList(from, to), new LogPlace(to - 1, 1)).image();
            from = to;
        }

        assertThat(split).isEqualTo(history.image());
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void aSnapshotMakesTheSameImage(long seed) {
        var history = new RandomHistory(seed);
        history.records(RECORDS);

        assertThat(throughSnapshot(history.image(), _ -> true)).isEqualTo(history.image());
    }

    @Test
    void aSnapshotThatForgetsARecordIsNoticed() {
        var history = new RandomHistory(17);
        history.records(RECORDS);

        MetadataImage other =
                throughSnapshot(
                        history.image(), record -> !(record instanceof ProducerIdsAllocated));

        assertThat(other).isNotEqualTo(history.image());
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void aDeltaNamesEverythingThatChangedAndNothingThatTheBatchDidNotName(long seed) {
        var history = new RandomHistory(seed);
        var random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            MetadataImage before = history.image();
            List<MetadataRecord> batch = history.records(1 + random.nextInt(40));
            MetadataDelta delta = before.apply(batch, history.image().place()).delta();

            MetadataDelta truth = MetadataDelta.between(before, history.image());
            assertThat(delta.topicsCreated()).isEqualTo(truth.topicsCreated());
            assertThat(new TreeMap<>(delta.topicsDeleted()).keySet())
                    .isEqualTo(truth.topicsDeleted().keySet());
            assertThat(delta.partitions()).isEqualTo(truth.partitions());
            assertThat(delta.brokers()).containsAll(truth.brokers());
            assertThat(delta.configs()).containsAll(truth.configs());
            assertThat(delta.features()).containsAll(truth.features());
            assertThat(delta.links()).containsAll(truth.links());
            assertThat(delta.mirrorTopics()).containsAll(truth.mirrorTopics());
            assertThat(delta.ownership()).isEqualTo(truth.ownership());
            assertThat(delta.configs().size() + delta.brokers().size())
                    .isLessThanOrEqualTo(batch.size() + delta.topicsDeleted().size());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void theIndexesOfAnImageFollowFromItsTopics(long seed) {
        var history = new RandomHistory(seed);
        history.records(RECORDS);

        TopicsImage topics = history.image().topics();
        var byReplica = new TreeMap<Integer, TreeSet<PartitionId>>();
        var byLeader = new TreeMap<Integer, TreeSet<PartitionId>>();
        var awayFrom = new TreeMap<Integer, TreeSet<PartitionId>>();
        var withElr = new TreeSet<PartitionId>();
        var reassigning = new TreeSet<PartitionId>();
        long[] partitions = {0};
        topics.byId()
                .values()
                .forEach(topic ->
                        topic.partitions()
                                .forEach((index, partition) -> {
                                    PartitionId id = topic.partitionId(index);
                                    partitions[0]++;
                                    partition
                                            .replicas()
                                            .asList()
                                            .forEach(broker -> put(byReplica, broker, id));
                                    put(byLeader, partition.leader(), id);
                                    if (partition.leader() != partition.replicas().at(0)) {
                                        put(awayFrom, partition.replicas().at(0), id);
                                    }
                                    if (!partition.elr().isEmpty()) {
                                        withElr.add(id);
                                    }
                                    if (partition.reassigning()) {
                                        reassigning.add(id);
                                    }
                                }));
        assertThat(ids(topics.indexes().byReplica())).isEqualTo(byReplica);
        assertThat(ids(topics.indexes().byLeader())).isEqualTo(byLeader);
        assertThat(ids(topics.indexes().awayFrom())).isEqualTo(awayFrom);
        assertThat(topics.indexes().withElr().ids()).isEqualTo(List.copyOf(withElr)).isNotEmpty();
        assertThat(topics.reassigning().ids()).isEqualTo(List.copyOf(reassigning)).isNotEmpty();
        assertThat(topics.partitionCount()).isEqualTo(partitions[0]);
        assertThat(topics.idByName()).hasSameSizeAs(topics.byId());
        topics.idByName()
                .forEach((name, id) ->
                        assertThat(topics.topic(id)).map(TopicImage::name).contains(name));
    }

    @Test
    void aChangeThatSkipsAPartitionEpochIsRefused() {
        var history = new RandomHistory(41);
        List<MetadataRecord> records = history.records(400);
        PartitionChanged change =
                records.stream()
                        .filter(PartitionChanged.class::isInstance)
                        .map(PartitionChanged.class::cast)
                        .findFirst()
                        .orElseThrow();
        int place = records.indexOf(change);
        var broken = new ArrayList<>(records.subList(0, place));
        broken.add(
                new PartitionChanged(
                        change.topicId(),
                        change.index(),
                        change.partitionEpoch() + 1,
                        change.changes()));

        assertThatThrownBy(() -> MetadataImage.EMPTY.apply(broken, new LogPlace(place, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("contradicts the image");
    }

    private static void put(Map<Integer, TreeSet<PartitionId>> index, int broker, PartitionId id) {
        index.computeIfAbsent(broker, _ -> new TreeSet<>()).add(id);
    }

    private static Map<Integer, TreeSet<PartitionId>> ids(Map<Integer, PartitionSet> index) {
        var ids = new TreeMap<Integer, TreeSet<PartitionId>>();
        index.forEach((broker, set) -> {
            assertThat(set.size()).isEqualTo(set.ids().size()).isPositive();
            ids.put(broker, new TreeSet<>(set.ids()));
        });
        return ids;
    }

    private static MetadataImage throughSnapshot(
            MetadataImage image, Predicate<MetadataRecord> kept) {
        var reader = new MetadataSnapshot.Reader();
        Iterator<MetadataRecord> records = MetadataSnapshot.records(image);
        while (records.hasNext()) {
            MetadataRecord record = records.next();
            if (kept.test(record)) {
                reader.add(MetadataRecordCodec.decode(MetadataRecordCodec.encode(record)));
            }
        }
        return reader.finish(image.place());
    }
}
