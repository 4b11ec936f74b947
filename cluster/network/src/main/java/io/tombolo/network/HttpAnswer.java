package io.tombolo.network;

import java.nio.charset.StandardCharsets;

/**
 * What is answered to an HTTP request.
 *
 * @param status 200 ≤ status ≤ 599
 * @param contentType the media type with its character set
 * @param body the bytes; they must not change any more
 */
public record HttpAnswer(int status, String contentType, byte[] body) {

    private static final String JSON = "application/json; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";

    public HttpAnswer {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is not an answer");
        }
    }

    /** JSON that has been written already. */
    public static HttpAnswer json(int status, String json) {
        return new HttpAnswer(status, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /** Plain text. */
    public static HttpAnswer text(int status, String text) {
        return new HttpAnswer(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An error as one line of JSON: {@code {"error":"…"}}. */
    public static HttpAnswer error(int status, String message) {
        return json(status, "{\"error\":\"" + escaped(message) + "\"}\n");
    }

    private static String escaped(String text) {
        var escaped = new StringBuilder();
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ') {
                escaped.append("\\u%04x".formatted((int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
