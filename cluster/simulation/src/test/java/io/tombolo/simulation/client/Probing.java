package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.simulation.law.GroupWatch;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Asks a region now and then what a group has committed there. */
public final class Probing {

    private static final Duration PAUSE = Duration.ofMillis(700);

    private final Site site;
    private final Place place;
    private final String group;
    private final GroupWatch groups;
    private final Predicate<String> inOffice;
    private final Route route;
    private boolean stopped;

    /**
     * @param inOffice whether the coordinator on a host has not been replaced by one that has
     *     committed something
     */
    public Probing(
            Environment environment,
            Site site,
            Place place,
            String group,
            GroupWatch groups,
            Predicate<String> inOffice) {
        this.site = site;
        this.place = place;
        this.group = group;
        this.groups = groups;
        this.inOffice = inOffice;
        this.route = new Route(environment, site.bootstrap(), "probe " + group);
    }

    /** Asks no more. */
    public void stop() {
        stopped = true;
    }

    public void start() {
        route.later(PAUSE.toMillis(), this::ask);
    }

    private void ask() {
        if (stopped) {
            return;
        }
        if (!route.found()) {
            route.toCoordinator(group, _ -> start());
            return;
        }
        var topic =
                new OffsetFetchRequestData.OffsetFetchRequestTopic()
                        .setName(place.topic())
                        .setPartitionIndexes(List.of(place.partition()));
        var body = new OffsetFetchRequestData().setGroupId(group).setTopics(List.of(topic));
        var asked = groups.asking(site, group, place);
        // One that is replaced and cannot hear of it tells what was true before, as in Kafka.
        boolean current = inOffice.test(route.host());
        route.call(
                ApiKeys.OFFSET_FETCH,
                7,
                body,
                OffsetFetchResponseData.class,
                Duration.ofSeconds(3),
                answer -> {
                    if (stopped) {
                        return;
                    }
                    if (answer.isPresent() && answer.get().errorCode() == Errors.NONE.code()) {
                        var found = answer.get().topics().getFirst().partitions().getFirst();
                        if (current && found.errorCode() == Errors.NONE.code()) {
                            groups.stored(site, group, place, found.committedOffset(), asked);
                        }
                    }
                    boolean failed =
                            answer.filter(it -> it.errorCode() == Errors.NONE.code()).isEmpty();
                    if (failed || !current) {
                        route.forget();
                    }
                    start();
                });
    }
}
