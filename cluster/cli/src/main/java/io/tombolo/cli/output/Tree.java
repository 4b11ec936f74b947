package io.tombolo.cli.output;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Data as JSON has it. Reading something that is not there gives {@link Nothing}, an empty list, or
 * the fallback: what a broker of another release leaves out is shown as missing, not as an error.
 */
public sealed interface Tree {

    /** A map in the order of its entries. */
    record Fields(Map<String, Tree> entries) implements Tree {
        public Fields {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** The same with one more entry, or another value for it. */
        public Fields with(String name, Object value) {
            var more = new LinkedHashMap<>(entries);
            more.put(name, of(value));
            return new Fields(more);
        }
    }

    /** A list. */
    record Items(List<Tree> items) implements Tree {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** Text. */
    record Text(String value) implements Tree {}

    /** A whole number. */
    record Whole(long value) implements Tree {}

    /** A number with a fraction. */
    record Fraction(double value) implements Tree {}

    /** True or false. */
    record Flag(boolean value) implements Tree {}

    /** Null. */
    record Nothing() implements Tree {}

    /** Null. */
    Tree NOTHING = new Nothing();

    /** An empty map, to be filled with {@link Fields#with}. */
    static Fields fields() {
        return new Fields(Map.of());
    }

    /**
     * The tree of a value: a tree, text, number, boolean, {@code Optional} or collection of such.
     */
    static Tree of(Object value) {
        return switch (value) {
            case Tree tree -> tree;
            case Boolean flag -> new Flag(flag);
            case Integer number -> new Whole(number);
            case Long number -> new Whole(number);
            case Double number -> new Fraction(number);
            case Optional<?> optional -> optional.isPresent() ? of(optional.get()) : NOTHING;
            case Collection<?> values -> new Items(values.stream().map(Tree::of).toList());
            default -> new Text(value.toString());
        };
    }

    /** The trees of some values. */
    static <T> Tree list(Collection<T> values, Function<T, Tree> form) {
        var items = new ArrayList<Tree>();
        values.forEach(value -> items.add(form.apply(value)));
        return new Items(items);
    }

    /** What stands at the end of a path of field names. */
    default Tree at(String... path) {
        Tree tree = this;
        for (String name : path) {
            tree =
                    tree instanceof Fields(var entries)
                            ? entries.getOrDefault(name, NOTHING)
                            : NOTHING;
        }
        return tree;
    }

    /** The elements of a list. */
    default List<Tree> items() {
        return this instanceof Items(var items) ? items : List.of();
    }

    /** Whether there is something. */
    default boolean present() {
        return !(this instanceof Nothing);
    }

    /** Text, or a plain value as text; empty for everything else. */
    default String text() {
        return switch (this) {
            case Text(String value) -> value;
            case Whole(long value) -> Long.toString(value);
            case Fraction(double value) -> Double.toString(value);
            case Flag(boolean value) -> Boolean.toString(value);
            case Fields _, Items _, Nothing _ -> "";
        };
    }

    /** A number; the fallback when it is none. */
    default long number(long fallback) {
        return switch (this) {
            case Whole(long value) -> value;
            case Fraction(double value) -> (long) value;
            case Text _, Flag _, Fields _, Items _, Nothing _ -> fallback;
        };
    }

    /** True when it is a true flag. */
    default boolean flag() {
        return this instanceof Flag(boolean value) && value;
    }
}
