package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.Reason;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Objects;

/** Configurations of a mirror topic whose link begins anew, as after a restart. */
class FollowedConfigsTest {

    private static final String RETENTION = "retention.ms";

    private final Simulator simulator = new Simulator(1);
    private final OneBrokerEach link = new OneBrokerEach(simulator);
    private final ModelSource source = link.source;
    private final ModelRegion region = link.region;

    @BeforeEach
    void aTopicIsMirrored() {
        source.create("orders", 1);
        link.open();
        simulator.runUntil(() -> region.mirrors.containsKey("orders"), Duration.ofSeconds(30));
    }

    @Test
    void aConfigThatChangedAtTheSourceWhileNobodyLookedIsFollowed() {
        assertThat(retention()).isEqualTo("60000");

        restart(() -> source.retentionMs = "70000");

        assertThat(retention()).isEqualTo("70000");
    }

    @Test
    void whatTheSourceDoesNotTellIsNamedAndTheCopyKeepsWhatItHad() {
        restart(() -> source.configsDenied = true);

        assertThat(retention()).isEqualTo("60000");
        assertThat(denied()).isTrue();
        assertThat(region.status().topics().getFirst().state()).isEqualTo(State.ACTIVE);

        restart(() -> source.configsDenied = false);

        assertThat(denied()).isFalse();
    }

    private boolean denied() {
        return region.status().topics().getFirst().trouble().stream()
                .anyMatch(trouble -> trouble.reason().code() == Reason.Code.SOURCE_DENIED);
    }

    @ParameterizedTest
    @ValueSource(bytes = {4, 5})
    void whatTheSourceKeepsByDefaultIsKeptHereToo(byte origin) {
        restart(() -> {
            source.retentionMs = "80000";
            source.retentionOrigin = origin;
        });

        assertThat(retention()).isEqualTo("80000");
    }

    /** Once, a region that drops tombstones at once dropped those that its source still has. */
    @Test
    void tombstonesAreKeptAsLongAsAtTheSource() {
        assertThat(config("delete.retention.ms")).isEqualTo("86400000");
    }

    /** Once, a region that compacts by default compacted the copy of what its source keeps. */
    @Test
    void whatACopyMustAgreeOnIsSetAlsoWhereTheSourceHasItByDefault() {
        assertThat(config("cleanup.policy")).isEqualTo("delete");

        restart(() -> {
            source.cleanupPolicy = "compact";
            source.cleanupOrigin = 4;
        });

        assertThat(config("cleanup.policy")).isEqualTo("compact");
    }

    @Test
    void aConfigThatWasChosenHereOutlivesARestart() {
        choose("9");

        restart(() -> {});

        assertThat(retention()).isEqualTo("9");
    }

    private void restart(Runnable meanwhile) {
        link.inUs(() -> Objects.requireNonNull(region.link).close());
        simulator.runFor(Duration.ofSeconds(1));
        meanwhile.run();
        link.open();
        simulator.runFor(Duration.ofSeconds(30));
    }

    private void choose(String value) {
        link.inUs(() -> region.choose("orders", RETENTION, value));
        simulator.runFor(Duration.ofSeconds(1));
    }

    private String retention() {
        return config(RETENTION);
    }

    private String config(String key) {
        return region.mirrors.get("orders").configs().get(key);
    }
}
