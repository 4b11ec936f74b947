package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.simulation.law.AdminWatch;
import io.tombolo.simulation.law.AdminWatch.Subject;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Somebody who administers a region, over any of its brokers: one change after the other, and each
 * again until it is known what became of it.
 */
public final class Administering {

    /** Longer than brokers look for a controller, and wait for its metadata. */
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    /** On these nobody knows, or it was surely not done, and asking again does no harm. */
    private static final Set<Errors> AGAIN =
            EnumSet.of(
                    Errors.NOT_CONTROLLER,
                    Errors.REQUEST_TIMED_OUT,
                    Errors.THROTTLING_QUOTA_EXCEEDED,
                    Errors.UNKNOWN_SERVER_ERROR);

    private final AdminWatch watch;
    private final Supplier<MetadataImage> newest;
    private final SimulatedEntropy dice;
    private final Variant variant;
    private final Route route;
    private final ArrayDeque<Plan> waiting = new ArrayDeque<>();
    private boolean busy;

    /** Chooses a change by how things are when its turn comes; empty for none. */
    public interface Plan {
        Optional<AdminChange> change(MetadataImage now);
    }

    /**
     * @param newest the metadata of the broker that knows most
     */
    public Administering(
            Environment environment,
            Site site,
            AdminWatch watch,
            Supplier<MetadataImage> newest,
            SimulatedEntropy dice,
            Variant variant) {
        this.watch = watch;
        this.newest = newest;
        this.dice = dice;
        this.variant = variant;
        this.route = new Route(environment, site.bootstrap(), "admin");
    }

    /** Asks for a change when the ones before are done. */
    public void change(Plan plan) {
        waiting.add(plan);
        route.later(1, this::go);
    }

    /** Whether it is known of all changes what became of them. */
    public boolean done() {
        return !busy && waiting.isEmpty();
    }

    private void go() {
        while (!busy && !waiting.isEmpty()) {
            waiting.remove().change(newest.get()).ifPresent(this::begin);
        }
    }

    private void begin(AdminChange change) {
        busy = true;
        watch.begins(change.subject(), change.before());
        ask(change, false);
    }

    /**
     * @param doubtful whether it may have been done before
     */
    private void ask(AdminChange change, boolean doubtful) {
        route.toAny();
        route.call(
                change.api(),
                change.version(),
                change.body(),
                ApiMessage.class,
                PATIENCE,
                answer -> answered(change, doubtful, answer.map(change::error)));
    }

    private void answered(AdminChange change, boolean doubtful, Optional<Errors> answer) {
        Subject subject = change.subject();
        Errors error = answer.orElse(Errors.NOT_CONTROLLER);
        if (AGAIN.contains(error)) {
            watch.unanswered(subject, change.value());
            route.later(dice.between(50, 500), () -> ask(change, true));
            return;
        }
        if (error == Errors.NONE || variant == Variant.REFUSALS_ARE_TAKEN_FOR_CONSENT) {
            watch.acknowledged(subject, change.value());
        } else if (!doubtful) {
            watch.refused();
        }
        // Otherwise it was refused because it has been done, or it will never be.
        busy = false;
        route.later(1, this::go);
    }
}
