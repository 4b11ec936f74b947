package io.tombolo.broker.failback;

import static io.tombolo.broker.Worlds.LINK;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.DivergenceExported;
import io.tombolo.metadata.record.LinkRecord.DivergenceFound;
import io.tombolo.metadata.record.LinkRecord.MirrorReturned;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;
import io.tombolo.region.link.LinkStatus.Trouble;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

class ReturnStatusTest {

    private static final Uuid ORDERS = Worlds.idOf("orders");
    private final List<MetadataRecord> records = new ArrayList<>();

    @Test
    void aTopicThatComesBackIsTruncatingAndTellsWhatItWaitsFor() {
        var end = new CopyEnd(5, 0, -1, true);
        records.add(new MirrorReturned(ORDERS, LINK, 2, new TreeMap<>(Map.of(0, end, 1, end))));
        assertThat(step()).contains("is looked for, 0 of 2 partitions are reported");

        records.add(new DivergenceFound(ORDERS, 0, new Divergence(5, 5, 5, 0, 0, -1, -1)));
        assertThat(step()).contains("1 of 2 partitions");

        records.add(new DivergenceFound(ORDERS, 1, new Divergence(5, 5, 8, 3, 90, 1, 2)));
        assertThat(step())
                .startsWith("3 records that only this region has are reported")
                .contains("tombolo failback eu-to-us");

        records.add(new DivergenceExported(ORDERS, 1, "__divergent.orders"));
        records.add(new ReplicasToCut(ORDERS, 0, 5, BrokerIds.of(3)));
        records.add(new ReplicasToCut(ORDERS, 1, 5, BrokerIds.of(1, 3)));
        assertThat(step()).endsWith("brokers that have not cut it off yet: [1, 3]");
    }

    @Test
    void aTopicThatHasComeBackIsWhatItsBrokersTell() {
        records.add(new MirrorReturned(ORDERS, LINK, 2, new TreeMap<>()));
        records.add(new MirrorTopicStateChanged(ORDERS, MirrorTopic.State.MIRRORING, ""));

        assertThat(status()).isEqualTo(told());
    }

    private String step() {
        assertThat(status())
                .singleElement()
                .satisfies(topic -> assertThat(topic.state()).isEqualTo(State.TRUNCATING));
        return status().getFirst().trouble().map(Trouble::reason).orElseThrow().detail();
    }

    private List<TopicStatus> status() {
        MetadataImage image = Worlds.image(Worlds.topic("orders", 2), Worlds.link(), records);
        return ReturnStatus.of(LINK, told(), image);
    }

    private static List<TopicStatus> told() {
        return List.of(
                new TopicStatus(
                        "orders", State.PREPARING, Lag.UNKNOWN, Optional.empty(), List.of()));
    }
}
