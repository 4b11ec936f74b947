package io.tombolo.storage.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.storage.cleaner.SegmentGroups.Extent;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class SegmentGroupsTest {

    @Test
    void adjacentSegmentsThatFitTogetherAreAGroup() {
        var segments =
                List.of(new Extent(0, 10, 40), new Extent(10, 20, 60), new Extent(20, 30, 1));

        assertThat(SegmentGroups.sizes(segments, 100)).containsExactly(2, 1);
    }

    @Test
    void aSegmentThatIsTooLargeAlreadyStaysAlone() {
        var segments = List.of(new Extent(0, 10, 500), new Extent(10, 20, 1));

        assertThat(SegmentGroups.sizes(segments, 100)).containsExactly(1, 1);
    }

    @Test
    void offsetsThatNoIndexCouldHoldAreInAnotherGroup() {
        long far = Integer.MAX_VALUE;
        var reached = List.of(new Extent(0, 10, 1), new Extent(far, far + 1, 1));
        var beyond = List.of(new Extent(0, 10, 1), new Extent(far, far + 2, 1));

        assertThat(SegmentGroups.sizes(reached, 100)).containsExactly(2);
        assertThat(SegmentGroups.sizes(beyond, 100)).containsExactly(1, 1);
    }

    @Test
    void everySegmentIsInOneGroupAndNoGroupIsTooLarge() {
        var entropy = new SimulatedEntropy(5);
        for (int round = 0; round < 300; round++) {
            var segments = new ArrayList<Extent>();
            long offset = 0;
            for (int index = entropy.nextInt(20); index >= 0; index--) {
                long end = offset + 1 + entropy.nextInt(1 << 30);
                segments.add(new Extent(offset, end, entropy.nextInt(120)));
                offset = end;
            }

            List<Integer> sizes = SegmentGroups.sizes(segments, 100);

            assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(segments.size());
            int from = 0;
            for (int size : sizes) {
                List<Extent> group = segments.subList(from, from + size);
                from += size;
                long bytes = group.stream().mapToLong(Extent::bytes).sum();
                assertThat(size == 1 || bytes <= 100).isTrue();
                long span = group.getLast().endOffset() - 1 - group.getFirst().baseOffset();
                assertThat(span).isLessThanOrEqualTo(Integer.MAX_VALUE);
            }
        }
    }
}
