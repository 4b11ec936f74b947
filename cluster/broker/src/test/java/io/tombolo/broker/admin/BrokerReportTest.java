package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.admin.BrokerReport.Edition;
import io.tombolo.environment.SystemEntropy;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.GroupOffsets.SkipReason;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LagHistory;
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

    private static final Uuid TOPIC = Uuid.randomUuid();
    private static final BrokerReport REPORT = report(State.SOURCE_UNAVAILABLE, "orders");

    @Test
    void aReportIsReadAsItWasWritten() {
        assertThat(BrokerReport.decode(REPORT.encode())).contains(REPORT);
    }

    @Test
    void topicsThatHaveNotChangedAreToldOnce() {
        var editions = new ReportEditions(new SystemEntropy());
        BrokerReport first = editions.edition(REPORT, "");
        BrokerReport again =
                editions.edition(report(State.ACTIVE, "orders"), first.edition().name());

        assertThat(first.topics()).isEqualTo(REPORT.topics());
        assertThat(again.topics()).containsExactly(List.of());
        assertThat(BrokerReport.decode(again.encode()).orElseThrow().completed(Optional.of(first)))
                .contains(report(State.ACTIVE, "orders").named(first.edition().name()));
    }

    @Test
    void topicsThatHaveChangedAreToldAgain() {
        var editions = new ReportEditions(new SystemEntropy());
        String known = editions.edition(REPORT, "").edition().name();

        BrokerReport next = editions.edition(report(State.ACTIVE, "bills"), known);

        assertThat(next.edition().leftOut()).isFalse();
        assertThat(next.topics()).isEqualTo(report(State.ACTIVE, "bills").topics());
        assertThat(next.completed(Optional.empty())).contains(next);
    }

    @Test
    void whatWasLeftOutIsTakenFromNoOtherEdition() {
        var editions = new ReportEditions(new SystemEntropy());
        BrokerReport first = editions.edition(REPORT, "");
        BrokerReport brief = editions.edition(REPORT, first.edition().name());
        var afterRestart = new ReportEditions(new SystemEntropy());

        assertThat(afterRestart.edition(REPORT, first.edition().name()).edition().leftOut())
                .isFalse();
        assertThat(brief.completed(Optional.empty())).isEmpty();
        assertThat(brief.completed(Optional.of(afterRestart.edition(REPORT, "")))).isEmpty();
    }

    @Test
    void aReportOfAnOlderReleaseHasNoEdition() {
        String older =
                REPORT.encode().replaceFirst(",?\"edition\":\\{[^}]*}", "").replace("{,", "{");

        assertThat(older).doesNotContain("edition");
        assertThat(BrokerReport.decode(older)).contains(REPORT);
    }

    private static BrokerReport report(State state, String topic) {
        var trouble =
                new Trouble(
                        new Reason(Reason.Code.SOURCE_UNREACHABLE, "nobody \"there\""),
                        3,
                        Optional.of(250L));
        var lag = new Lag(7, -1, -1, true);
        var partition =
                new PartitionStatus(
                        new LinkPartition(TOPIC, topic, 2),
                        State.SOURCE_UNAVAILABLE,
                        lag,
                        new Progress(10, 9, 4, 17, 0),
                        Optional.of(trouble));
        var status =
                new LinkStatus(
                        new LinkName("eu-to-us"),
                        state,
                        lag,
                        new LagHistory(List.of(40L, -1L)),
                        new LossBound(7, -1, -1, -1, 900, 1, new TreeSet<>(Set.of("bills"))),
                        Optional.empty(),
                        List.of(
                                new TopicStatus(
                                        topic,
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
        return new BrokerReport(11, true, List.of(status), List.of("orders-1"), true, Edition.NONE);
    }

    @Test
    void anythingElseIsNoReport() {
        assertThat(BrokerReport.decode("")).isEmpty();
        assertThat(BrokerReport.decode("<html>")).isEmpty();
        assertThat(BrokerReport.decode("{\"brokerId\":1}")).isEmpty();
        assertThat(BrokerReport.decode("[1]")).isEmpty();
    }
}
