package io.tombolo.region.topology.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.link.NameFilter;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class CommonNameTest {

    @Test
    void aNameThatIsFoundIsChosenByAllFilters() {
        var one = NameFilter.of("orders.*", "!*.tmp");
        var other = NameFilter.of("*.eu");

        Optional<String> name = CommonName.of(List.of(one, other));

        assertThat(name).contains("orders.eu");
    }

    @Test
    void anExclusionThatCoversTheOtherFilterSeparatesThem() {
        assertThat(CommonName.of(List.of(NameFilter.of("*", "!b*"), NameFilter.of("b.*"))))
                .isEmpty();
        assertThat(CommonName.of(List.of(NameFilter.of("a*"), NameFilter.of("b*")))).isEmpty();
    }

    @Test
    void internalTopicsDoNotMakeFiltersMeet() {
        assertThat(CommonName.of(List.of(NameFilter.of("_*"), NameFilter.of("__*")))).isEmpty();
    }

    @Test
    void theSearchAgreesWithTryingEveryShortName() {
        for (long seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var filters = List.of(filter(random), filter(random));

            Optional<String> found = CommonName.of(filters);

            boolean exists = false;
            for (String name : shortNames()) {
                exists |= filters.stream().allMatch(filter -> filter.includes(name));
            }
            assertThat(found.isPresent()).as("seed %d %s", seed, filters).isEqualTo(exists);
            found.ifPresent(name -> assertThat(filters).allMatch(it -> it.includes(name)));
        }
    }

    @Test
    void aSearchThatIsTooLargeEndsOnTheSafeSide() {
        var patterns = new ArrayList<String>(List.of("*", "!*x"));
        for (char letter = 'a'; letter <= 'r'; letter++) {
            patterns.add("!*" + letter + "*x");
        }

        Optional<String> found =
                CommonName.of(List.of(new NameFilter(patterns), NameFilter.of("*x")));

        assertThat(found).contains("*");
    }

    private static NameFilter filter(Random random) {
        var patterns = new ArrayList<String>();
        patterns.add(pattern(random));
        for (int count = random.nextInt(3); count > 0; count--) {
            patterns.add((random.nextBoolean() ? "!" : "") + pattern(random));
        }
        return new NameFilter(patterns);
    }

    private static String pattern(Random random) {
        var text = new StringBuilder();
        for (int length = random.nextInt(1, 4); length > 0; length--) {
            text.append("ab*".charAt(random.nextInt(3)));
        }
        return text.toString();
    }

    /** Every name of up to six letters of three, which is long enough for patterns of three. */
    private static List<String> shortNames() {
        var names = new ArrayList<String>(List.of(""));
        int from = 0;
        for (int length = 1; length <= 6; length++) {
            int to = names.size();
            for (int index = from; index < to; index++) {
                for (char letter : "abx".toCharArray()) {
                    names.add(names.get(index) + letter);
                }
            }
            from = to;
        }
        return names.subList(1, names.size());
    }
}
