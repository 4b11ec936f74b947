package io.tombolo.cli.admin;

import io.tombolo.cli.output.Tree;

/**
 * What a broker answered.
 *
 * @param status of HTTP
 * @param body the JSON, or the text as it was
 */
public record AdminAnswer(int status, Tree body) {

    /** Whether the broker did what was asked. */
    public boolean ok() {
        return status >= 200 && status < 300;
    }
}
