package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What brokers have answered on their admin port, for tests of how it is shown; the end-to-end
 * tests compare their shape with what running ones say.
 */
final class RecordedAnswer {

    private RecordedAnswer() {}

    /** The text of a resource beside this class. */
    static String text(String name) {
        try (InputStream stream = RecordedAnswer.class.getResourceAsStream(name + ".json")) {
            return new String(
                    Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Tree of(String name) {
        return parse(text(name));
    }

    static Tree parse(String json) {
        return TreeText.parse(json).orElseThrow();
    }

    /** The names of all fields, with their paths; the elements of a list share one. */
    static Set<String> shape(Tree tree) {
        var paths = new TreeSet<String>();
        collect(tree, "", paths);
        return paths;
    }

    private static void collect(Tree tree, String path, Set<String> paths) {
        if (tree instanceof Tree.Fields(var entries)) {
            entries.forEach((name, value) -> {
                paths.add(path + "." + name);
                collect(value, path + "." + name, paths);
            });
        }
        tree.items().forEach(item -> collect(item, path, paths));
    }
}
