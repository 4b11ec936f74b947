package io.tombolo.broker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.drain.DrainReport.Left;
import io.tombolo.broker.drain.DrainReport.Speed;
import io.tombolo.broker.drain.DrainReport.State;
import io.tombolo.metadata.record.BrokerRecord.Drain;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/** How far a broker is, in words and in seconds. */
class DrainReportTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void theSpeedIsUnknownUntilASecondHasPassed() {
        var speed = new DrainSpeed();

        assertThat(speed.seen(1_000, 0)).isEqualTo(Speed.UNKNOWN);
        assertThat(speed.seen(900, SECOND / 2)).isEqualTo(Speed.UNKNOWN);
        assertThat(speed.seen(800, 2 * SECOND))
                .isEqualTo(new Speed(OptionalLong.of(100), OptionalLong.of(8)));
    }

    @Test
    void onlyTheLastMinuteCounts() {
        var speed = new DrainSpeed();
        speed.seen(1_000_000, 0);
        speed.seen(60_000, 30 * SECOND);

        assertThat(speed.seen(30_000, 90 * SECOND))
                .isEqualTo(new Speed(OptionalLong.of(500), OptionalLong.of(60)));
    }

    @Test
    void whatGrowsHasNoEndInSight() {
        var speed = new DrainSpeed();
        speed.seen(1_000, 0);

        assertThat(speed.seen(2_000, SECOND))
                .isEqualTo(new Speed(OptionalLong.of(0), OptionalLong.empty()));
    }

    @Test
    void whoLooksAllTheTimeIsRememberedWithinBounds() {
        var speed = new DrainSpeed();
        for (int look = 0; look < 10 * DrainSpeed.SIGHTS_MAX; look++) {
            speed.seen(1_000_000 - look * 100, look * SECOND / 100);
        }

        // The oldest of the last sights is a bit more than a second old.
        assertThat(speed.seen(880_000, 12 * SECOND).bytesPerSecond()).hasValue(10_000);
    }

    @Test
    void aBrokerIsStuckWhenNothingOfWhatIsLeftCanGo() {
        assertThat(report(Drain.NONE, 5, 0).state()).isEqualTo(State.NONE);
        assertThat(report(wanted(), 5, 4).state()).isEqualTo(State.MOVING);
        assertThat(report(wanted(), 5, 5).state()).isEqualTo(State.STUCK);
        assertThat(report(wanted(), 5_000, 100).state()).isEqualTo(State.STUCK);
        assertThat(report(wanted(), 0, 0).state()).isEqualTo(State.EMPTY);
    }

    private static Drain wanted() {
        return new Drain(Drain.Goal.EMPTY, "");
    }

    private static DrainReport report(Drain drain, int replicas, int stuck) {
        var reasons =
                new TreeMap<TopicPartition, String>(
                        Comparator.comparingInt(TopicPartition::partition));
        for (int index = 0; index < stuck; index++) {
            reasons.put(new TopicPartition("orders", index), "no room");
        }
        var left = new Left(replicas, 0, 0, OptionalLong.empty());
        return new DrainReport(2, false, drain, left, Speed.UNKNOWN, reasons, List.of());
    }
}
