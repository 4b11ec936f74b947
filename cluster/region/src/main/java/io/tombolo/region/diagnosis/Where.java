package io.tombolo.region.diagnosis;

import java.util.Optional;

/**
 * A place in a file of the user.
 *
 * @param file the name the user gave for it, printed as it is
 * @param line 1 or more; 0 when the claim is about the file as a whole
 * @param column 1 or more, in characters; 0 when the claim is about the line as a whole
 * @param path the dotted path of the value, {@code links.eu-to-us.topics}; empty when there is none
 * @param excerpt the line itself with every secret blanked out; empty when it must not be shown
 */
public record Where(String file, int line, int column, String path, Optional<String> excerpt) {

    /** The same place without an excerpt. */
    public static Where at(String file, int line, int column, String path) {
        return new Where(file, line, column, path, Optional.empty());
    }

    /** The same place, showing this line of the file. */
    public Where showing(String line) {
        return new Where(file, this.line, column, path, Optional.of(line));
    }

    /** {@code file:line:column}, the form that editors and terminals make clickable. */
    public String position() {
        if (line == 0) {
            return file;
        }
        return column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
    }

    @Override
    public String toString() {
        return position();
    }
}
