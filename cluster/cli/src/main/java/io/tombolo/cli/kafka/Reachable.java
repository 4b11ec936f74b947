package io.tombolo.cli.kafka;

import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Shell;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Collects the same thing from several regions, of which some may be down. */
public final class Reachable {

    private Reachable() {}

    /**
     * The results of the regions that answer, in their order; the others are warned of.
     *
     * @throws CommandFailure the first one, when none answers or only one was asked
     */
    public static <T> List<T> of(
            Shell shell, List<KafkaRegion> regions, Function<KafkaRegion, T> question) {
        var results = new ArrayList<T>();
        var failures = new ArrayList<CommandFailure>();
        for (KafkaRegion region : regions) {
            try {
                results.add(question.apply(region));
            } catch (CommandFailure failure) {
                failures.add(failure);
            }
        }
        if (results.isEmpty()) {
            throw failures.getFirst();
        }
        failures.forEach(failure -> shell.warn(String.valueOf(failure.getMessage())));
        return results;
    }
}
