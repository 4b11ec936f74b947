package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus.PartitionStatus;
import io.tombolo.region.link.LinkStatus.Progress;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class StatusReportTest {

    @Test
    void aTopicThatWasGivenUpDoesNotMakeTheLinkLagForEver() {
        var given = topic("gone", State.FAILED, new Lag(7, 700, 3_600_000, true));
        var copied = topic("orders", State.ACTIVE, new Lag(2, 200, 80, false));

        assertThat(StatusReport.lagOf(List.of(given, copied)))
                .isEqualTo(new Lag(2, 200, 80, false));
    }

    private static TopicStatus topic(String name, State state, Lag lag) {
        var partition =
                new PartitionStatus(
                        new LinkPartition(new Uuid(1, 2), name, 0),
                        state,
                        lag,
                        new Progress(0, 0, 0, 0, 0),
                        Optional.empty());
        return new TopicStatus(name, state, lag, Optional.empty(), List.of(partition));
    }
}
