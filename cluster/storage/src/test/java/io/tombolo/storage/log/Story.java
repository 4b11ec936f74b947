package io.tombolo.storage.log;

import java.util.ArrayList;
import java.util.List;

/** What has happened in a random life; its last lines go with whatever it fails with. */
final class Story {

    private static final int SHOWN = 25;

    private final List<String> lines = new ArrayList<>();

    void tell(String line) {
        lines.add(line);
    }

    /** Lives it; a failure is thrown together with how it came to that. */
    void of(Runnable life) {
        try {
            life.run();
        } catch (AssertionError | RuntimeException broken) {
            List<String> last = lines.subList(Math.max(0, lines.size() - SHOWN), lines.size());
            throw new AssertionError(broken.getMessage() + "\n" + String.join("\n", last), broken);
        }
    }
}
