package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.Reason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.EnumSet;
import java.util.stream.LongStream;

/** A link against a model source over the simulated network; see {@link LinkScenario}. */
class LinkSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 60);
    private static final int MUTANT_SEEDS = 300;

    static LongStream seeds() {
        long first = Long.getLong("seed", 1);
        return LongStream.rangeClosed(first, Long.getLong("seed") == null ? SEEDS : first);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLinkKeepsItsPromisesWhateverTheSeed(long seed) {
        new LinkScenario(seed, Safeguard.ALL).run();
    }

    @Test
    void theSeedsReachTheFailuresThatMatter() {
        var codes = EnumSet.noneOf(Reason.Code.class);
        var states = EnumSet.noneOf(State.class);
        boolean jumped = false;
        boolean restarted = false;
        for (long seed = 1; seed <= SEEDS; seed++) {
            var scenario = new LinkScenario(seed, Safeguard.ALL);
            scenario.run();
            codes.addAll(scenario.seen);
            states.addAll(scenario.states);
            jumped |= scenario.jumped;
            restarted |= scenario.restarted;
        }
        assertThat(codes)
                .contains(
                        Reason.Code.GAP,
                        Reason.Code.SOURCE_TRUNCATED,
                        Reason.Code.SOURCE_RECREATED);
        assertThat(jumped).isTrue();
        assertThat(restarted).isTrue();
        assertThat(states).contains(State.ACTIVE, State.FAILED, State.SOURCE_UNAVAILABLE);
    }

    @Test
    void oneSeedGivesOneTrace() {
        var once = new LinkScenario(7, Safeguard.ALL);
        var again = new LinkScenario(7, Safeguard.ALL);

        once.run();
        again.run();

        assertThat(again.trace()).isEqualTo(once.trace());
    }

    @ParameterizedTest
    @EnumSource(Safeguard.class)
    void aLinkWithoutOneSafeguardBreaksAPromise(Safeguard missing) {
        String broken = "";
        for (long seed = 1; seed <= MUTANT_SEEDS && broken.isEmpty(); seed++) {
            try {
                new LinkScenario(seed, Safeguard.allBut(missing)).run();
            } catch (AssertionError | RuntimeException failure) {
                broken = String.valueOf(failure);
            }
        }
        assertThat(broken).as("nothing noticed that %s is missing", missing).isNotEmpty();
    }
}
