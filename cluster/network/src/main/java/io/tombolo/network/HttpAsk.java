package io.tombolo.network;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE}; others never get here
 * @param path decoded, beginning with a slash, without the query
 * @param query decoded parameters, in order of their first appearance
 * @param headers the first value of each, by its name in lower case
 * @param body at most 1 MiB; empty when there was none
 */
public record HttpAsk(
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, String> headers,
        byte[] body) {

    /** The first value of a query parameter. */
    public Optional<String> parameter(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
