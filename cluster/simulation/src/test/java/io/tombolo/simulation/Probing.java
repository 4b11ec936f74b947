package io.tombolo.simulation;

import io.tombolo.environment.Environment;

import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.List;

/** Asks a region now and then what a group has committed there. */
final class Probing {

    private static final Duration PAUSE = Duration.ofMillis(700);

    private final Site site;
    private final Place place;
    private final String group;
    private final GroupWatch groups;
    private final KafkaPipe pipe;

    Probing(Environment environment, Site site, Place place, String group, GroupWatch groups) {
        this.site = site;
        this.place = place;
        this.group = group;
        this.groups = groups;
        this.pipe = new KafkaPipe(environment, site.kafka(), "probe " + group);
    }

    void start() {
        pipe.loop().execute(() -> pipe.loop().schedule(PAUSE.toNanos(), this::ask));
    }

    private void ask() {
        var topic =
                new OffsetFetchRequestData.OffsetFetchRequestTopic()
                        .setName(place.topic())
                        .setPartitionIndexes(List.of(place.partition()));
        var body = new OffsetFetchRequestData().setGroupId(group).setTopics(List.of(topic));
        var asked = groups.asking(site, group, place);
        pipe.call(
                ApiKeys.OFFSET_FETCH,
                7,
                body,
                OffsetFetchResponseData.class,
                Duration.ofSeconds(3),
                answer -> {
                    if (answer.isPresent() && answer.get().errorCode() == Errors.NONE.code()) {
                        var found = answer.get().topics().getFirst().partitions().getFirst();
                        if (found.errorCode() == Errors.NONE.code()) {
                            groups.stored(site, group, place, found.committedOffset(), asked);
                        }
                    }
                    start();
                });
    }
}
