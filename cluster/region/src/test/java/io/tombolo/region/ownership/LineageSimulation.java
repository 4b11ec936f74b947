package io.tombolo.region.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.ownership.Lineage.EpochEnd;
import io.tombolo.region.ownership.Lineage.Log;
import io.tombolo.region.ownership.Lineage.Rule;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A partition in two regions: leaders come and go in the first one, also such that have lost
 * records; the second one copies as a link does, takes over and writes; the first one goes on
 * writing, for it has not heard of that, perhaps in the same epochs.
 */
class LineageSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 400) * 10;

    /** One record: its epoch, and what makes it unlike every other one. */
    private record Entry(int epoch, int identity) {}

    private static final class TwoRegions {

        private final Random random;
        private final List<Entry> old = new ArrayList<>();
        private final List<Entry> copy = new ArrayList<>();
        private int epoch;
        private int identities;

        TwoRegions(long seed) {
            random = new Random(seed);
        }

        private void write(List<Entry> log, int inEpoch) {
            for (int count = random.nextInt(5); count > 0; count--) {
                log.add(new Entry(inEpoch, identities++));
            }
        }

        private void stepOfOldRegion() {
            switch (random.nextInt(4)) {
                case 0 -> epoch++;
                case 1 -> {
                    epoch++;
                    int lost = random.nextInt(old.size() + 1) / 2;
                    old.subList(old.size() - lost, old.size()).clear();
                }
                default -> write(old, epoch);
            }
        }

        /** A copy grows only while its last record is the old region's. */
        private void copySome() {
            int end = copy.size();
            if (end > old.size() || end > 0 && !copy.get(end - 1).equals(old.get(end - 1))) {
                return;
            }
            int more = random.nextInt(old.size() - end + 1);
            copy.addAll(old.subList(end, end + more));
        }

        Lineage run() {
            for (int step = random.nextInt(30); step > 0; step--) {
                if (random.nextInt(3) == 0) {
                    copySome();
                } else {
                    stepOfOldRegion();
                }
            }
            int start = copy.size();
            var lineage = new Lineage(start, epochs(copy, 0));
            int above = start == 0 ? 0 : copy.get(start - 1).epoch() + 1;
            for (int step = random.nextInt(12); step > 0; step--) {
                write(copy, above + step % 2);
                stepOfOldRegion();
            }
            return lineage;
        }

        int common() {
            int offset = 0;
            while (offset < Math.min(old.size(), copy.size())
                    && old.get(offset).equals(copy.get(offset))) {
                offset++;
            }
            return offset;
        }
    }

    private static List<EpochEnd> epochs(List<Entry> log, int startOffset) {
        var ends = new ArrayList<EpochEnd>();
        for (int offset = startOffset; offset < log.size(); offset++) {
            int epoch = log.get(offset).epoch();
            if (!ends.isEmpty() && ends.getLast().epoch() == epoch) {
                ends.removeLast();
            }
            ends.add(new EpochEnd(epoch, offset + 1));
        }
        return ends;
    }

    private static Log whole(List<Entry> log) {
        return new Log(0, log.size(), epochs(log, 0));
    }

    @Test
    void aDivergenceBeginsWhereTheRecordsOfTwoRegionsDiffer() {
        int withOnlyHere = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var regions = new TwoRegions(seed);

            Lineage lineage = regions.run();

            assertThat(lineage.divergence(whole(regions.old)))
                    .as("seed %d", seed)
                    .isEqualTo(regions.common());
            withOnlyHere += regions.common() < regions.old.size() ? 1 : 0;
        }
        assertThat(withOnlyHere).isGreaterThan(SEEDS / 10);
    }

    @Test
    void whoKnowsOnlyTheLastEpochOfTheCopyNeverTakesOneRegionsRecordsForTheOthers() {
        for (long seed = 0; seed < SEEDS; seed++) {
            var regions = new TwoRegions(seed);
            Lineage whole = regions.run();
            List<EpochEnd> last =
                    whole.epochs().isEmpty() ? List.of() : List.of(whole.epochs().getLast());

            long divergence = new Lineage(whole.startOffset(), last).divergence(whole(regions.old));

            assertThat(divergence).as("seed %d", seed).isLessThanOrEqualTo(regions.common());
        }
    }

    @Test
    void eachRuleIsNeeded() {
        for (Rule rule : Rule.values()) {
            Set<Rule> others = EnumSet.complementOf(EnumSet.of(rule));
            int wrong = 0;
            for (long seed = 0; seed < SEEDS; seed++) {
                var regions = new TwoRegions(seed);
                Lineage lineage = regions.run();
                long divergence = lineage.divergence(whole(regions.old), others);
                wrong += divergence > regions.common() ? 1 : 0;
            }
            assertThat(wrong).as("without %s", rule).isPositive();
        }
    }

    @Test
    void whatWasDeletedAtBothEndsIsNotCompared() {
        var lineage = new Lineage(100, List.of(new EpochEnd(4, 80), new EpochEnd(5, 100)));
        var ours = new Log(90, 130, List.of(new EpochEnd(5, 120), new EpochEnd(6, 130)));

        assertThat(lineage.divergence(ours)).isEqualTo(100);
    }

    @Test
    void aLogThatSharesNothingDivergesAsAWhole() {
        var lineage = new Lineage(40, List.of(new EpochEnd(7, 40)));
        var ours = new Log(10, 60, List.of(new EpochEnd(3, 30), new EpochEnd(9, 60)));

        assertThat(lineage.divergence(ours)).isEqualTo(10);
    }
}
