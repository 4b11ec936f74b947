package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulationFailure;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each law notices the variant that breaks it. */
class LawTest {

    private static final int SEEDS_MAX = 25;

    @ParameterizedTest
    @EnumSource(value = Variant.class, mode = EnumSource.Mode.EXCLUDE, names = "SOUND")
    void everyVariantIsCaughtByItsLaw(Variant variant) {
        Shape shape = variant.oneRegion() ? Shape.ONE_REGION : Shape.TWO_REGIONS;
        Law caught = null;
        for (long seed = 1; seed <= SEEDS_MAX && caught != variant.law(); seed++) {
            caught = brokenBy(seed, shape, variant);
        }
        assertThat(caught).isEqualTo(variant.law());
    }

    /** The law that the seed finds broken, null for none. */
    private static Law brokenBy(long seed, Shape shape, Variant variant) {
        try {
            new World(seed, shape, variant, new Happenings()).run();
            return null;
        } catch (Broken broken) {
            return broken.law();
        } catch (SimulationFailure failure) {
            return failure.getCause() instanceof Broken broken ? broken.law() : null;
        }
    }
}
