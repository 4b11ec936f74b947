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

/** Asks a region now and then what a group has committed there. */
public final class Probing {

    private static final Duration PAUSE = Duration.ofMillis(700);

    private final Site site;
    private final Place place;
    private final String group;
    private final GroupWatch groups;
    private final Route route;
    private boolean stopped;

    public Probing(
            Environment environment, Site site, Place place, String group, GroupWatch groups) {
        this.site = site;
        this.place = place;
        this.group = group;
        this.groups = groups;
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
                        if (found.errorCode() == Errors.NONE.code()) {
                            groups.stored(site, group, place, found.committedOffset(), asked);
                        }
                    }
                    if (answer.isEmpty() || answer.get().errorCode() != Errors.NONE.code()) {
                        route.forget();
                    }
                    start();
                });
    }
}
