package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.Optional;

/** Each law notices the variant that breaks it. */
class LawTest {

    private static final int SEEDS_MAX = 80;

    @ParameterizedTest
    @EnumSource(value = Variant.class, mode = EnumSource.Mode.EXCLUDE, names = "SOUND")
    void everyVariantIsCaughtByItsLaw(Variant variant) {
        Shape shape = variant.oneRegion() ? Shape.ONE_REGION : Shape.TWO_REGIONS;
        Optional<Object> caught = Optional.empty();
        for (long seed = 1;
                seed <= SEEDS_MAX && !caught.equals(Optional.of(variant.law()));
                seed++) {
            var trial = new Trial(seed, shape, variant);
            var script = new World(trial, new Happenings()).script();
            caught = Shrinking.failureOf(trial, script).map(Shrinking::kindOf);
        }
        assertThat(caught).contains(variant.law());
    }

    @Test
    void everyLawHasAVariantThatBreaksIt() {
        assertThat(Arrays.stream(Variant.values()).filter(it -> it != Variant.SOUND))
                .extracting(Variant::law)
                .contains(Law.values());
    }
}
