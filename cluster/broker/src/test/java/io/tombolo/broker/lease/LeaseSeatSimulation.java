package io.tombolo.broker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** Three sites with real voters, on simulated machines. */
class LeaseSeatSimulation {

    private final Sites sites = new Sites(7);

    @Test
    void theSourceOfALinkWritesAndNobodyElse() {
        sites.await("eu writes", () -> sites.writes("eu"));

        sites.pass(Duration.ofMinutes(1));

        assertThat(sites.writes("eu")).isTrue();
        assertThat(sites.writes("us")).isFalse();
        assertThat(sites.writes("witness")).isFalse();
    }

    @Test
    void whoeverIsCutOffStopsBeforeAnotherOneIsLetIn() {
        sites.await("eu writes", () -> sites.writes("eu"));
        sites.cutOff("eu");

        var claim = sites.claim("us", 1);

        sites.await("us hears", () -> !claim.heard.isEmpty());
        assertThat(claim.heard).containsExactly("given");
        assertThat(sites.writes("eu")).isFalse();
        sites.heal();
        sites.pass(Duration.ofMinutes(1));
        assertThat(sites.writes("eu")).isFalse();
    }

    @Test
    void aMachineThatStoodStillWritesNothingWhenItGoesOn() {
        sites.await("eu writes", () -> sites.writes("eu"));
        sites.machine("eu").pause();
        var claim = sites.claim("us", 1);
        sites.await("us hears", () -> claim.heard.contains("given"));

        sites.machine("eu").resume();

        assertThat(sites.writes("eu")).isFalse();
    }

    @Test
    void anOwnerThatRenewsKeepsItsLease() {
        sites.await("eu writes", () -> sites.writes("eu"));

        var claim = sites.claim("us", 1);

        sites.await("us hears", () -> !claim.heard.isEmpty());
        assertThat(claim.heard.getFirst()).contains("region eu goes on renewing its lease");
        assertThat(sites.writes("eu")).isTrue();
    }

    @Test
    void withoutAMajorityNobodyWritesAndNobodyTakesOver() {
        sites.await("eu writes", () -> sites.writes("eu"));
        sites.cutOff("eu");
        sites.cutOff("witness");

        var claim = sites.claim("us", 1);

        sites.await("us hears", () -> !claim.heard.isEmpty());
        assertThat(claim.heard.getFirst()).contains("no majority of the sites");
        assertThat(sites.writes("eu")).isFalse();
        sites.heal();
        sites.await("eu writes again", () -> sites.writes("eu"));
    }

    @Test
    void whoKnowsAnOldEpochIsToldTheNewOne() {
        sites.await("eu writes", () -> sites.writes("eu"));
        sites.cutOff("eu");
        var first = sites.claim("us", 4);
        sites.await("us hears", () -> first.heard.contains("given"));
        sites.heal();

        var late = sites.claim("eu", 3);

        sites.await("eu hears", () -> !late.heard.isEmpty());
        assertThat(late.heard).containsExactly("moved on to us under 4");
    }

    @Test
    void whoWaitsLongestMakesRoomForTheNext() {
        sites.await("eu writes", () -> sites.writes("eu"));

        var answered = sites.ask(Ledger.WAITING_MAX + 1);

        sites.pass(Duration.ofMinutes(1));
        int asked = 3 * (Ledger.WAITING_MAX + 1);
        assertThat(answered.get()).isEqualTo(asked - 1);
        assertThat(sites.writes("eu")).isTrue();
    }

    @Test
    void oneVoterMayLoseItsDisk() {
        sites.await("eu writes", () -> sites.writes("eu"));
        sites.machine("us").kill();
        sites.machine("us").restartEmpty();
        sites.pass(Duration.ofSeconds(30));

        // Without the one that was let in again there would be no majority.
        sites.cutOff("witness");
        sites.pass(Duration.ofMinutes(1));

        assertThat(sites.writes("eu")).isTrue();
    }

    @Test
    void anEarlierLogMakesWayForASnapshot() {
        sites.await("eu writes", () -> sites.writes("eu"));
        sites.pass(Duration.ofSeconds(5 * Ledger.SNAPSHOT_RECORDS / 2 + 60));
        assertThat(sites.writes("eu")).isTrue();

        sites.machine("us").kill();
        sites.machine("us").restartEmpty();
        sites.machine("witness").kill();
        sites.machine("witness").restart();
        sites.pass(Duration.ofSeconds(30));

        assertThat(sites.writes("eu")).isTrue();
    }
}
