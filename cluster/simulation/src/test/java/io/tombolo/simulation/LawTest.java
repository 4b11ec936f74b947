package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.simulation.fault.Script;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;

/** Each law notices the variant that breaks it, and not by luck. */
class LawTest {

    private static final int SEEDS_MAX = 240;
    private static final int CAUGHT_MIN = 2;

    /** Stops when enough seeds have caught the variant; {@code -Dcaught=240} counts them all. */
    @ParameterizedTest
    @EnumSource(value = Variant.class, mode = EnumSource.Mode.EXCLUDE, names = "SOUND")
    void everyVariantIsCaughtByItsLaw(Variant variant) {
        int enough = Integer.getInteger("caught", CAUGHT_MIN);
        var catching = new ArrayList<Long>();
        long seed = 0;
        while (seed < SEEDS_MAX && catching.size() < enough) {
            seed++;
            if (isCaught(variant, variant.shape(), seed)) {
                catching.add(seed);
            }
        }
        System.out.printf(
                "%s is caught by %d of %d seeds: %s%n", variant, catching.size(), seed, catching);
        assertThat(catching)
                .as("of %d seeds, those that catch %s by %s", seed, variant, variant.law())
                .hasSizeGreaterThanOrEqualTo(CAUGHT_MIN);
    }

    private static boolean isCaught(Variant variant, Shape shape, long seed) {
        var trial = new Trial(seed, shape, variant);
        Script script = new World(trial, new Happenings()).script();
        return Shrinking.failureOf(trial, script)
                .map(Shrinking::kindOf)
                .equals(Optional.of(variant.law()));
    }

    /** Also where other clients write, commit and administer in between. */
    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"MARKERS_ARE_MIXED_UP", "MARKERS_GET_LOST", "THE_ABORTED_ARE_SHOWN"})
    void theLawsOfTransactionsNoticeAmongAllClients(Variant variant) {
        assertThat(LongStream.rangeClosed(1, SEEDS_MAX))
                .as("seeds that catch %s by %s", variant, variant.law())
                .anyMatch(seed -> isCaught(variant, Shape.ALL_CLIENTS, seed));
    }

    @Test
    void everyLawHasAVariantThatBreaksIt() {
        assertThat(Arrays.stream(Variant.values()).filter(it -> it != Variant.SOUND))
                .extracting(Variant::law)
                .contains(Law.values());
    }
}
