package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.LinkName;
import io.tombolo.region.link.GroupOffsets.SkipReason;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.GroupStatus;
import io.tombolo.region.link.LinkStatus.PartitionStatus;
import io.tombolo.region.link.LinkStatus.Progress;
import io.tombolo.region.link.LinkStatus.SkippedOffset;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;
import io.tombolo.region.link.LinkStatus.Trouble;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

class BrokerReportTest {

    @Test
    void aReportIsReadAsItWasWritten() {
        var trouble =
                new Trouble(
                        new Reason(Reason.Code.SOURCE_UNREACHABLE, "nobody \"there\""),
                        3,
                        Optional.of(250L));
        var lag = new Lag(7, -1, -1, true);
        var partition =
                new PartitionStatus(
                        new LinkPartition(Uuid.randomUuid(), "orders", 2),
                        State.SOURCE_UNAVAILABLE,
                        lag,
                        new Progress(10, 9, 4, 17, 0),
                        Optional.of(trouble));
        var status =
                new LinkStatus(
                        new LinkName("eu-to-us"),
                        State.SOURCE_UNAVAILABLE,
                        lag,
                        new LossBound(7, -1, -1, -1, 900, 1, new TreeSet<>(Set.of("bills"))),
                        Optional.empty(),
                        List.of(
                                new TopicStatus(
                                        "orders",
                                        State.FAILED,
                                        lag,
                                        Optional.of(trouble),
                                        List.of(partition))),
                        List.of(
                                new GroupStatus(
                                        "billing",
                                        2,
                                        1,
                                        40,
                                        List.of(
                                                new SkippedOffset(
                                                        "*", SkipReason.ACTIVE_HERE, "busy")))));
        var report = new BrokerReport(11, true, List.of(status), List.of("orders-1"), true);

        assertThat(BrokerReport.decode(report.encode())).contains(report);
    }

    @Test
    void anythingElseIsNoReport() {
        assertThat(BrokerReport.decode("")).isEmpty();
        assertThat(BrokerReport.decode("<html>")).isEmpty();
        assertThat(BrokerReport.decode("{\"brokerId\":1}")).isEmpty();
        assertThat(BrokerReport.decode("[1]")).isEmpty();
    }
}
