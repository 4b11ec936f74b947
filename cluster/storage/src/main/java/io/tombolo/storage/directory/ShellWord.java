package io.tombolo.storage.directory;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** A path in a command that people are told to type. */
final class ShellWord {

    private static final Pattern HARMLESS =
            Pattern.compile("[\\p{L}\\p{N}/._+,:@%][\\p{L}\\p{N}/._+,:@%-]*");

    private ShellWord() {}

    /** The path as one word of a shell: in quotes if it has anything that a shell looks at. */
    static String of(Path path) {
        String text = path.toString();
        if (text.startsWith("-")) {
            return of(Path.of(".", text));
        }
        return HARMLESS.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
