package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Asks now and then where a partition ends for consumers. A leader that does not know yet how far
 * the one before had committed says so (KIP-207), instead of an end that was passed before.
 */
public final class EndProbing {

    private static final Duration PAUSE = Duration.ofMillis(40);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Site site;
    private final Place place;
    private final BooleanSupplier shortened;
    private final Variant variant;
    private final Route route;
    private long end;

    /**
     * @param shortened whether what was committed was ever lost, so that the end may be lower
     */
    public EndProbing(
            Environment environment,
            Site site,
            Place place,
            BooleanSupplier shortened,
            Variant variant) {
        this.site = site;
        this.place = place;
        this.shortened = shortened;
        this.variant = variant;
        this.route = new Route(environment, site.bootstrap(), "end of " + place);
    }

    public void start() {
        route.later(PAUSE.toMillis(), this::ask);
    }

    private void ask() {
        if (!route.found()) {
            route.toLeader(place, _ -> start());
            return;
        }
        route.toEnd(place, PATIENCE, this::answered);
    }

    private void answered(Optional<ListOffsetsPartitionResponse> answer) {
        if (answer.isEmpty()) {
            route.forget();
        } else {
            var found = answer.get();
            switch (Errors.forCode(found.errorCode())) {
                case NONE -> heard(found.offset());
                case OFFSET_NOT_AVAILABLE -> unavailable();
                default -> route.forget();
            }
        }
        start();
    }

    /** What leaders said before KIP-207 is what the broken variant hears. */
    private void unavailable() {
        if (variant == Variant.ENDS_ARE_TOLD_AT_ONCE) {
            site.leaderOf(place)
                    .flatMap(leader -> leader.partition(place))
                    .ifPresent(partition -> heard(partition.highWatermark()));
        }
    }

    private void heard(long told) {
        Broken.unless(
                told >= end || shortened.getAsBoolean(),
                Law.END_ASCENDS,
                "%s in %s ends at %d, it ended at %d before",
                place,
                site,
                told,
                end);
        end = told;
    }
}
