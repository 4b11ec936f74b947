package io.tombolo.region.topology.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.diagnosis.ViolationText;
import io.tombolo.region.topology.Topology;

import org.junit.jupiter.api.Test;

import java.util.Random;

/** Random valid models, written as YAML in random styles, come back as they were. */
class RoundTripSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 300);

    @Test
    void aModelWrittenAsYamlReadsBackEqual() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            Topology model = new RandomTopology(random).next();
            String yaml = new YamlWriter(random).write(model);

            switch (TopologyFile.parse("seed-" + seed, yaml)) {
                case TopologyFile.Valid valid ->
                        assertThat(valid.topology()).as("seed %d%n%s", seed, yaml).isEqualTo(model);
                case TopologyFile.Invalid invalid ->
                        throw new AssertionError(
                                "seed %d%n%s%n%s"
                                        .formatted(
                                                seed,
                                                yaml,
                                                ViolationText.render(invalid.violations())));
            }
        }
    }

    @Test
    void noGarbageMakesTheParserThrow() {
        String original = Resource.text("full-example.yaml");
        for (long seed = 0; seed < 2L * SEEDS; seed++) {
            var random = new Random(seed);
            var text = new StringBuilder(original);
            for (int change = random.nextInt(1, 6); change > 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 ->
                            text.insert(
                                    at,
                                    "{}[]:*&!%@`'\"\t\n\\#|>-?,\0\uFEFF"
                                            .charAt(random.nextInt(24)));
                    default -> text.setLength(Math.max(10, at));
                }
            }

            TopologyFile result = TopologyFile.parse("garbage", text.toString());

            if (result instanceof TopologyFile.Invalid invalid) {
                assertThat(invalid.violations()).as("seed %d", seed).isNotEmpty();
                assertThat(invalid.violations()).allMatch(v -> !v.fixes().isEmpty());
            }
        }
    }
}
