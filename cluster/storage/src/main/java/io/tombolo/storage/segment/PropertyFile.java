package io.tombolo.storage.segment;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Text files of keys and values, one pair a line, between them a separator. */
public final class PropertyFile {

    private PropertyFile() {}

    /** The file's bytes, keys in the order of the map. */
    public static byte[] encode(Map<String, String> pairs, String separator) {
        var text = new StringBuilder();
        pairs.forEach(
                (key, value) -> text.append(key).append(separator).append(value).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The pairs; lines that begin with # are comments. Empty when a line is no pair. */
    public static Optional<Map<String, String>> decode(byte[] bytes, String separator) {
        var pairs = new TreeMap<String, String>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int at = line.indexOf(separator.strip());
            if (at < 0) {
                return Optional.empty();
            }
            pairs.put(
                    line.substring(0, at).strip(),
                    line.substring(at + separator.strip().length()).strip());
        }
        return Optional.of(pairs);
    }
}
