package io.tombolo.cli.kafka;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;

/** Offsets as users write them. */
final class Offsets {

    private Offsets() {}

    /**
     * Reads a number of 0 or more.
     *
     * @throws CommandFailure for everything else
     */
    static long parse(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw CommandFailure.of(Code.BAD_INPUT, "'" + text + "' is not an offset")
                    .at("--offset")
                    .fix("--offset start", "--offset end", "--offset 120")
                    .failure();
        }
        return Long.parseLong(text);
    }
}
