package io.tombolo.region.topology.file;

import io.tombolo.region.topology.ByteRate;
import io.tombolo.region.topology.Secret;
import io.tombolo.region.topology.file.YamlNode.Span;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One value of the file with its path. Each reading method gives the typed value, or records what
 * is wrong with it and gives nothing.
 *
 * @param key the key it stands under, or the one of the list it is in
 */
record Value(Document document, String path, YamlNode.Scalar key, YamlNode node) {

    Value {
        document.place(path, node instanceof YamlNode.Scalar ? node.span() : key.span());
    }

    /** The key as text: the name of an entry. */
    String name() {
        return key.text();
    }

    Problem problem(Rule rule, String claim) {
        return document.problem(rule, node.span(), path, claim);
    }

    /** A problem with the entry as such: points at its key. */
    Problem problemWithName(Rule rule, String claim) {
        return document.problem(rule, key.span(), path, claim);
    }

    boolean isNull() {
        return node instanceof YamlNode.Scalar scalar && scalar.isNull();
    }

    boolean isMapping() {
        return node instanceof YamlNode.Mapping;
    }

    /** Any single value as it is written. */
    Optional<String> text() {
        if (node instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
            return Optional.of(scalar.text());
        }
        wrongType("a single value", "");
        return Optional.empty();
    }

    Optional<Integer> integer(int least, int most) {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!text.get().matches("[+-]?[0-9]{1,18}")) {
            wrongType("a whole number", key.text() + ": " + least);
            return Optional.empty();
        }
        long number = Long.parseLong(text.get());
        if (number < least || number > most) {
            problem(
                            Rule.OUT_OF_RANGE,
                            "%s is %d, outside of %d to %d".formatted(path, number, least, most))
                    .fix(key.text() + ": " + (number < least ? least : most));
            return Optional.empty();
        }
        return Optional.of((int) number);
    }

    Optional<Boolean> flag() {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return switch (text.get()) {
            case "true", "True", "TRUE" -> Optional.of(true);
            case "false", "False", "FALSE" -> Optional.of(false);
            default -> {
                boolean yes =
                        List.of("yes", "on", "y").contains(text.get().toLowerCase(Locale.ROOT));
                wrongType("true or false", key.text() + ": " + yes);
                yield Optional.empty();
            }
        };
    }

    /** A duration within the bounds. */
    Optional<Duration> duration(Duration least, Duration most) {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> duration = Units.duration(text.get());
        if (duration.isEmpty()) {
            String plain = text.get().strip();
            problem(Rule.UNIT, path + " must be a duration with a unit")
                    .seen(node.kind())
                    .fix(key.text() + ": " + (plain.matches("[0-9]{1,9}") ? plain + "s" : "30s"))
                    .why("durations are written like " + Units.DURATION_EXAMPLES);
            return Optional.empty();
        }
        if (duration.get().compareTo(least) < 0 || duration.get().compareTo(most) > 0) {
            problem(Rule.OUT_OF_RANGE, path + " is outside of its range")
                    .seen(node.kind())
                    .fix(
                            "a duration from %d ms to %d ms"
                                    .formatted(least.toMillis(), most.toMillis()));
            return Optional.empty();
        }
        return duration;
    }

    Optional<ByteRate> rate() {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<ByteRate> rate =
                Units.rate(text.get()).filter(bytes -> bytes > 0).map(ByteRate::new);
        if (rate.isEmpty()) {
            problem(Rule.UNIT, path + " must be a rate with a unit per second")
                    .seen(node.kind())
                    .why("rates are written like " + Units.RATE_EXAMPLES)
                    .fix(key.text() + ": 80MB/s");
        }
        return rate;
    }

    /** One of the constants, written in lower case with dashes. */
    <E extends Enum<E>> Optional<E> word(Class<E> choices) {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        for (E choice : choices.getEnumConstants()) {
            if (wordOf(choice).equals(text.get())) {
                return Optional.of(choice);
            }
        }
        String words =
                Stream.of(choices.getEnumConstants())
                        .map(Value::wordOf)
                        .collect(Collectors.joining(" or "));
        problem(Rule.OUT_OF_RANGE, "%s must be %s, not %s".formatted(path, words, node.kind()))
                .fix(key.text() + ": " + wordOf(choices.getEnumConstants()[0]));
        return Optional.empty();
    }

    static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A reference to a secret; the text itself is never repeated in a message. */
    Optional<Secret> secret() {
        document.hide(node.span());
        if (node instanceof YamlNode.Scalar scalar) {
            for (Secret.Source source : Secret.Source.values()) {
                String prefix = wordOf(source) + ":";
                if (scalar.text().startsWith(prefix) && scalar.text().length() > prefix.length()) {
                    return Optional.of(
                            new Secret(source, scalar.text().substring(prefix.length())));
                }
            }
        }
        String variable = key.text().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
        problem(Rule.PLAIN_SECRET, path + " is a secret and must not stand in the file")
                .why("topology files are shared and versioned; whoever reads them would know it")
                .fix(
                        key.text() + ": env:" + variable,
                        key.text() + ": file:/run/secrets/" + key.text());
        return Optional.empty();
    }

    /** The items of a list. */
    List<Value> items() {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            boolean single = node instanceof YamlNode.Scalar scalar && !scalar.isNull();
            String item = single ? "\"" + ((YamlNode.Scalar) node).text() + "\"" : "…";
            wrongType("a list", key.text() + ": [" + item + "]");
            return List.of();
        }
        var items = new ArrayList<Value>();
        for (YamlNode item : sequence.items()) {
            items.add(new Value(document, path + "[" + items.size() + "]", key, item));
        }
        return items;
    }

    /** The entries of a map with free names; nothing stands for an empty map. */
    List<Value> entries() {
        if (isNull()) {
            return List.of();
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            wrongType("a map", key.text() + ": { … }");
            return List.of();
        }
        var entries = new ArrayList<Value>();
        Map<String, Span> first = new HashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            String name = entry.key().text();
            String entryPath = path.isEmpty() ? name : path + "." + name;
            Span before = first.putIfAbsent(name, entry.key().span());
            if (before == null) {
                entries.add(new Value(document, entryPath, entry.key(), entry.value()));
            } else {
                document.problem(
                                Rule.DUPLICATE_KEY,
                                entry.key().span(),
                                entryPath,
                                "the key '" + name + "' stands here a second time")
                        .seen("first in line " + before.line())
                        .why("only one of the two values could hold")
                        .fix("remove one of them");
            }
        }
        return entries;
    }

    /** A map that may only have these keys. */
    Section section(String... keys) {
        return Section.of(this, List.of(keys));
    }

    private void wrongType(String wanted, String example) {
        Problem problem =
                problem(Rule.WRONG_TYPE, "%s must be %s".formatted(path, wanted)).seen(node.kind());
        if (!example.isEmpty()) {
            problem.fix(example);
        } else {
            problem.fix("give " + wanted + " after " + key.text() + ":");
        }
    }
}
