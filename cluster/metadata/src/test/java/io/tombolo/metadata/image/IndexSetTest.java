package io.tombolo.metadata.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

class IndexSetTest {

    @ParameterizedTest
    @ValueSource(ints = {10, 1_100, 70_000})
    void itHoldsWhatASetOfNumbersHolds(int range) {
        var random = new Random(range);
        var model = new TreeSet<Integer>();
        IndexSet set = IndexSet.EMPTY;
        for (int round = 0; round < 200; round++) {
            IndexSet before = set;
            List<Integer> then = listed(before);
            var editor = new IndexSet.Editor(set);
            for (int change = random.nextInt(20); change > 0; change--) {
                int index = random.nextInt(range);
                if (random.nextInt(5) < 3) {
                    editor.add(index);
                    model.add(index);
                } else {
                    editor.remove(index);
                    model.remove(index);
                }
            }
            set = editor.finish();

            assertThat(listed(set)).isEqualTo(List.copyOf(model));
            assertThat(set.size()).isEqualTo(model.size());
            assertThat(listed(before)).as("the set before").isEqualTo(then);
        }
        assertThat(model).allMatch(set::has);
        assertThat(set.has(range + 5_000)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 63, 1_023, 1_024, 50_000})
    void setsWithTheSameIndexesAreEqualHoweverTheyWereMade(int index) {
        var direct = new IndexSet.Editor(IndexSet.EMPTY);
        direct.add(index);
        var roundabout = new IndexSet.Editor(IndexSet.EMPTY);
        roundabout.add(90_000);
        roundabout.add(index);
        roundabout.add(3_000);
        roundabout.remove(3_000);
        roundabout.remove(90_000);

        IndexSet one = direct.finish();
        IndexSet other = roundabout.finish();

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString("{" + index + "}");
        var emptied = new IndexSet.Editor(one);
        emptied.remove(index);
        assertThat(emptied.finish()).isSameAs(IndexSet.EMPTY);
    }

    private static List<Integer> listed(IndexSet set) {
        var indexes = new ArrayList<Integer>();
        set.forEach(indexes::add);
        return indexes;
    }
}
