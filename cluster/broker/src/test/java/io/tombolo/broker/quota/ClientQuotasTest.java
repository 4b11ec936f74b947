package io.tombolo.broker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Images;
import io.tombolo.broker.Worlds;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.MetadataRecord;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class ClientQuotasTest {

    private static final Optional<String> ANY = Optional.empty();
    private static final Optional<String> ANONYMOUS = Optional.of(ClientQuotas.ANONYMOUS);

    private final ManualLoop clock = new ManualLoop();
    private final List<MetadataRecord> records = new ArrayList<>();
    private final Images images = Worlds.images(Worlds.image(List.of()));
    private final ClientQuotas quotas = new ClientQuotas(images, clock);

    private void limit(QuotaEntity entity, String key, long bytesPerSecond) {
        var limit = new ConfigSet(entity.resource(), key, Double.toString(bytesPerSecond));
        records.add(limit);
        Worlds.publish(images, Worlds.image(List.copyOf(records)));
    }

    private void limit(QuotaEntity entity, long bytesPerSecond) {
        limit(entity, QuotaRules.PRODUCE, bytesPerSecond);
    }

    private static QuotaEntity client(String name) {
        return QuotaEntity.clientId(Optional.of(name));
    }

    /** How much a client that was idle may produce before it is held back. */
    private long creditOf(String client) {
        clock.advance(Duration.ofHours(1));
        long sent = 0;
        while (quotas.produced(client, 100) == 0) {
            sent += 100;
        }
        return sent;
    }

    @Test
    void whoHasNoQuotaIsNotHeldBack() {
        limit(client("etl"), 1000);

        assertThat(quotas.produced("other", 1 << 30)).isZero();
        assertThat(quotas.consumed("etl", 1 << 30)).isZero();
    }

    @Test
    void whatIsTooMuchIsPaidForWithTime() {
        limit(client("etl"), 1000);

        assertThat(quotas.produced("etl", 10_000)).as("ten seconds' worth").isZero();
        assertThat(quotas.produced("etl", 2_000)).isEqualTo(2_000);
        clock.advance(Duration.ofSeconds(1));
        assertThat(quotas.produced("etl", 500)).isEqualTo(1_500);
        clock.advance(Duration.ofHours(1));
        assertThat(quotas.produced("etl", 10_000)).as("idle time adds up to no more").isZero();
        assertThat(quotas.produced("etl", 1)).isEqualTo(1);
    }

    @Test
    void oneRequestHoldsNobodyBackForLongerThanThatAndTheNextOnePaysTheRest() {
        limit(client("etl"), 1000);

        assertThat(quotas.produced("etl", 100_000)).isEqualTo(30_000);
        clock.advance(ClientQuotas.THROTTLE_MAX);

        assertThat(quotas.produced("etl", 1)).isEqualTo(30_000);
    }

    @Test
    void theMostSpecificQuotaCounts() {
        limit(QuotaEntity.clientId(ANY), 100);
        assertThat(creditOf("etl")).isEqualTo(1_000);
        limit(client("etl"), 200);
        assertThat(creditOf("etl")).isEqualTo(2_000);
        limit(QuotaEntity.user(ANY), 300);
        assertThat(creditOf("etl")).isEqualTo(3_000);
        limit(QuotaEntity.both(ANY, ANY), 400);
        assertThat(creditOf("etl")).isEqualTo(4_000);
        limit(QuotaEntity.both(ANY, Optional.of("etl")), 500);
        assertThat(creditOf("etl")).isEqualTo(5_000);
        limit(QuotaEntity.user(ANONYMOUS), 600);
        assertThat(creditOf("etl")).isEqualTo(6_000);
        limit(QuotaEntity.both(ANONYMOUS, ANY), 700);
        assertThat(creditOf("etl")).isEqualTo(7_000);
        limit(QuotaEntity.both(ANONYMOUS, Optional.of("etl")), 800);
        assertThat(creditOf("etl")).isEqualTo(8_000);
        assertThat(creditOf("other")).isEqualTo(7_000);
    }

    @Test
    void aQuotaForAnyClientIsForEachByItselfAndOneForAUserForAllOfHis() {
        limit(QuotaEntity.clientId(ANY), 100);
        assertThat(quotas.produced("a", 2_000)).isPositive();
        assertThat(quotas.produced("b", 1_000)).isZero();

        limit(QuotaEntity.user(ANONYMOUS), 100);
        assertThat(quotas.produced("a", 1_000)).isZero();
        assertThat(quotas.produced("b", 1_000)).isPositive();
    }

    @Test
    void whoeverChangesAQuotaForgivesWhatWasTooMuchBefore() {
        limit(client("etl"), 1);
        assertThat(quotas.produced("etl", 1_000_000)).isPositive();

        limit(client("etl"), 1_000_000);
        assertThat(quotas.produced("etl", 1_000_000)).isZero();
        records.add(new ConfigRemoved(client("etl").resource(), QuotaRules.PRODUCE));
        Worlds.publish(images, Worlds.image(List.copyOf(records)));
        assertThat(quotas.produced("etl", 1 << 30)).isZero();
    }

    @Test
    void moreClientsThanAreFollowedShareAPace() {
        limit(QuotaEntity.clientId(ANY), 100);
        for (int i = 0; i < ClientQuotas.CLIENTS_MAX; i++) {
            quotas.produced("busy-" + i, 1_500);
        }

        assertThat(quotas.produced("late-1", 900)).isZero();
        assertThat(quotas.produced("late-2", 900)).as("of the same pace").isPositive();
        clock.advance(Duration.ofMinutes(1));
        assertThat(quotas.produced("late-3", 900)).as("idle ones are forgotten").isZero();
        assertThat(quotas.produced("late-4", 900)).isZero();
    }
}
