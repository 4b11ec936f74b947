package io.tombolo.region.topology.file;

import io.tombolo.region.link.NameFilter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds a topic name that several filters choose, by running the automata of all their patterns
 * side by side. Exact, unless the patterns are so many that it gives up; then it assumes that there
 * is such a name, which is the safe side.
 */
final class CommonName {

    private static final int STATES_MAX = 5_000;
    private static final int LENGTH_MAX = 249;
    private static final String UNDECIDED = "*";
    private static final String LETTERS = "etaoinshrdlcumwfgypbvkjxqz0123456789-._";

    private final List<NameFilter> filters;
    private final List<String> patterns = new ArrayList<>();
    private final List<Character> alphabet = new ArrayList<>();

    private record State(String name, List<BitSet> positions) {}

    private CommonName(List<NameFilter> filters) {
        this.filters = filters;
        filters.forEach(filter -> patterns.addAll(filter.patterns()));
        var literal = new TreeSet<Character>();
        for (String pattern : patterns) {
            pattern.chars().filter(c -> c != '*' && c != '!').forEach(c -> literal.add((char) c));
        }
        alphabet.addAll(literal);
        // One more character stands for all that no pattern names.
        LETTERS.chars()
                .filter(c -> !literal.contains((char) c))
                .findFirst()
                .ifPresent(c -> alphabet.add((char) c));
    }

    /** A name that every filter chooses; empty when there is none. */
    static Optional<String> of(List<NameFilter> filters) {
        var search = new CommonName(filters);
        return search.readable().or(search::shortest);
    }

    /** A pattern that is a name itself makes the best example. */
    private Optional<String> readable() {
        List<String> candidates = new ArrayList<>();
        for (String pattern : patterns) {
            if (!pattern.startsWith("!")) {
                candidates.add(pattern);
                candidates.add(pattern.replace("*", "orders"));
            }
        }
        return candidates.stream()
                .filter(name -> name.indexOf('*') < 0 && name.length() <= LENGTH_MAX)
                .filter(this::chosenByAll)
                .findFirst();
    }

    private boolean chosenByAll(String name) {
        return isLegal(name) && filters.stream().allMatch(filter -> filter.includes(name));
    }

    private static boolean isLegal(String name) {
        return !name.isEmpty() && !name.startsWith("__") && !name.equals(".") && !name.equals("..");
    }

    private Optional<String> shortest() {
        var queue = new ArrayDeque<State>();
        Set<List<BitSet>> known = new HashSet<>();
        queue.add(new State("", patterns.stream().map(CommonName::start).toList()));
        while (!queue.isEmpty()) {
            State state = queue.remove();
            if (chosenByAll(state.name())) {
                return Optional.of(state.name());
            }
            if (known.size() > STATES_MAX) {
                return Optional.of(UNDECIDED);
            }
            for (char character : alphabet) {
                State next = step(state, character);
                boolean possible = next.name().length() <= LENGTH_MAX && mayBeChosen(next);
                // Two underscores at the start are forbidden, which the automata do not know.
                boolean fromStart = next.name().length() <= 2;
                if (possible && (fromStart || known.add(next.positions()))) {
                    queue.add(next);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether each filter still has an including pattern that can match. */
    private boolean mayBeChosen(State state) {
        int index = 0;
        for (NameFilter filter : filters) {
            boolean alive = false;
            for (String pattern : filter.patterns()) {
                boolean includes = !pattern.startsWith("!");
                alive = alive || includes && !state.positions().get(index).isEmpty();
                index++;
            }
            if (!alive) {
                return false;
            }
        }
        return !state.name().startsWith("__");
    }

    private State step(State state, char character) {
        var positions = new ArrayList<BitSet>();
        for (int index = 0; index < patterns.size(); index++) {
            positions.add(step(patterns.get(index), state.positions().get(index), character));
        }
        return new State(state.name() + character, positions);
    }

    private static BitSet step(String pattern, BitSet from, char character) {
        var to = new BitSet(pattern.length() + 1);
        for (int at = from.nextSetBit(0); at >= 0; at = from.nextSetBit(at + 1)) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                to.set(at);
            } else if (at < pattern.length() && pattern.charAt(at) == character) {
                to.set(at + 1);
            }
        }
        return closed(pattern, to);
    }

    private static BitSet start(String pattern) {
        var positions = new BitSet(pattern.length() + 1);
        positions.set(pattern.startsWith("!") ? 1 : 0);
        return closed(pattern, positions);
    }

    /** A star may also match nothing. */
    private static BitSet closed(String pattern, BitSet positions) {
        for (int at = positions.nextSetBit(0); at >= 0; at = positions.nextSetBit(at + 1)) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                positions.set(at + 1);
            }
        }
        return positions;
    }
}
