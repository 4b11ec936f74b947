package io.tombolo.broker.request.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.metadata.image.TopicsImage;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;
import io.tombolo.protocol.PayloadRecords;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.List;

class FetchEntryTest {

    private final TopicsImage topics = Worlds.image(Worlds.topic("orders", 2)).topics();

    @Test
    void aPartitionIsFoundByNameAndById() {
        FetchEntry byName = entry(Uuid.ZERO_UUID, "orders", 1);
        FetchEntry byId = entry(Worlds.idOf("orders"), "", 1);

        assertThat(byName.resolve(topics)).isEqualTo(Errors.NONE);
        assertThat(byId.resolve(topics)).isEqualTo(Errors.NONE);
        assertThat(byId.partition()).isEqualTo(byName.partition());
    }

    @Test
    void whatDoesNotExistIsSaidInTheWordsOfTheRequest() {
        assertThat(entry(Uuid.ZERO_UUID, "others", 0).resolve(topics))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(entry(new Uuid(9, 9), "", 0).resolve(topics)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(entry(Uuid.ZERO_UUID, "orders", 2).resolve(topics))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(entry(Uuid.ZERO_UUID, "orders", -1).resolve(topics))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aTopicMadeAgainIsInconsistentForWhoKnewTheOldId() {
        FetchEntry known = entry(Worlds.idOf("orders"), "", 0);
        known.resolve(topics);
        var renewed =
                Worlds.image(
                                Worlds.topic("orders", 1),
                                List.of(new TopicDeleted(Worlds.idOf("orders"))),
                                Worlds.topic("orders", new Uuid(5, 5), 1))
                        .topics();

        assertThat(known.resolve(renewed)).isEqualTo(Errors.INCONSISTENT_TOPIC_ID);
    }

    @Test
    void onlyNewsIsTold() {
        FetchEntry entry = entry(Uuid.ZERO_UUID, "orders", 0);
        PartitionData first = answer(10, 0, Errors.NONE);
        assertThat(entry.newsIn(first)).isTrue();
        entry.told(first);

        assertThat(entry.newsIn(answer(10, 0, Errors.NONE))).isFalse();
        assertThat(entry.newsIn(answer(11, 0, Errors.NONE))).isTrue();
        assertThat(entry.newsIn(answer(10, 3, Errors.NONE))).isTrue();
        assertThat(entry.newsIn(answer(10, 0, Errors.KAFKA_STORAGE_ERROR))).isTrue();
    }

    @Test
    void aPartitionThatIsWellAgainIsNews() {
        FetchEntry entry = entry(Uuid.ZERO_UUID, "orders", 0);
        entry.told(answer(10, 0, Errors.NOT_LEADER_OR_FOLLOWER));

        assertThat(entry.newsIn(answer(10, 0, Errors.NONE))).isTrue();
    }

    @Test
    void whoHadToTruncateHearsOfTheHighWatermarkAgain() {
        FetchEntry entry = entry(Uuid.ZERO_UUID, "orders", 0);
        PartitionData diverging = answer(10, 0, Errors.NONE);
        diverging.divergingEpoch().setEpoch(3).setEndOffset(10);
        entry.told(diverging);

        assertThat(entry.newsIn(answer(10, 0, Errors.NONE))).isTrue();
        entry.told(answer(10, 0, Errors.NONE));
        assertThat(entry.newsIn(answer(10, 0, Errors.NONE))).isFalse();
    }

    @Test
    void whoFollowsAnotherEpochHearsOfTheHighWatermarkAgain() {
        FetchEntry entry = entry(Uuid.ZERO_UUID, "orders", 0);
        entry.told(answer(10, 0, Errors.NONE));
        var later = new FetchPartition().setPartition(0).setCurrentLeaderEpoch(7);

        entry.update(new FetchEntry(entry.key(), later));

        assertThat(entry.newsIn(answer(10, 0, Errors.NONE))).isTrue();
    }

    private static FetchEntry entry(Uuid id, String topic, int partition) {
        return new FetchEntry(
                new FetchSession.Key(id, topic, partition),
                new FetchPartition().setPartition(partition));
    }

    private static PartitionData answer(long highWatermark, long logStart, Errors error) {
        var answer =
                new PartitionData()
                        .setHighWatermark(highWatermark)
                        .setLogStartOffset(logStart)
                        .setErrorCode(error.code());
        PayloadRecords.attach(answer, List.of());
        return answer;
    }
}
