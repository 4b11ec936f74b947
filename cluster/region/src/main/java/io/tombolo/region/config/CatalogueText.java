package io.tombolo.region.config;

import io.tombolo.environment.Invariant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the text files beside this class: sections headed {@code == NAME}, one item a line. */
final class CatalogueText {

    private CatalogueText() {}

    static Map<String, ConfigDefinition> definitions(String file, String section) {
        var definitions = new TreeMap<String, ConfigDefinition>();
        for (String line : lines(file, section)) {
            ConfigDefinition definition = definition(line);
            definitions.put(definition.name(), definition);
        }
        return Collections.unmodifiableMap(definitions);
    }

    static Map<String, List<String>> synonyms(String file, String section) {
        var synonyms = new TreeMap<String, List<String>>();
        for (String line : lines(file, section)) {
            List<String> names = Arrays.asList(line.split(" "));
            synonyms.put(names.getFirst(), List.copyOf(names.subList(1, names.size())));
        }
        return Collections.unmodifiableMap(synonyms);
    }

    static Set<String> names(String file, String section) {
        return Collections.unmodifiableSet(new TreeSet<>(lines(file, section)));
    }

    /** {@code name|type|default|range|importance|update}, internal ones with one field more. */
    private static ConfigDefinition definition(String line) {
        String[] fields = line.split("\\|", -1);
        Invariant.check(fields.length == 6 || fields.length == 7, "not a definition: " + line);
        var type = ConfigType.valueOf(fields[1]);
        String update =
                fields.length == 7
                        ? "INTERNAL"
                        : fields[5].toUpperCase(Locale.ROOT).replace('-', '_');
        return new ConfigDefinition(
                fields[0],
                type,
                defaultValue(type, fields[2]),
                fields[3],
                ConfigDefinition.Importance.valueOf(fields[4]),
                ConfigDefinition.Update.valueOf(update));
    }

    /** Lists are written with brackets, classes with the word before their name. */
    private static Optional<String> defaultValue(ConfigType type, String text) {
        if (text.equals("null") || text.equals("<required>")) {
            return Optional.empty();
        }
        return switch (type) {
            case LIST -> Optional.of(text.substring(1, text.length() - 1).replace(", ", ","));
            case CLASS -> Optional.of(text.replace("class ", ""));
            case BOOLEAN, STRING, INT, SHORT, LONG, DOUBLE, PASSWORD -> Optional.of(text);
        };
    }

    private static List<String> lines(String file, String section) {
        var lines = new ArrayList<String>();
        boolean inside = false;
        for (String line : read(file).split("\n")) {
            if (line.startsWith("== ")) {
                inside = line.substring(3).equals(section);
            } else if (inside && !line.isBlank() && !line.startsWith("#")) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static String read(String file) {
        try (InputStream stream = CatalogueText.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new Invariant.Broken("the catalogue " + file + " is missing");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the catalogue " + file + " cannot be read", unreadable);
        }
    }
}
