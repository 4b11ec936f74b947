package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody who accepts what is lost: where the last that were in sync came back without their disk
 * nobody leads, until an unclean election is asked for.
 */
public final class Rescuing {

    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final int AGAIN_MS = 1_000;
    private static final byte UNCLEAN = 1;
    private static final int VERSION = 2;

    private final Site site;
    private final Route route;

    public Rescuing(Environment environment, Site site) {
        this.site = site;
        this.route = new Route(environment, site.bootstrap(), "rescue");
    }

    /** Whether a partition has nobody who may lead it unasked. */
    public static boolean isNeeded(Site site) {
        return !stranded(site.newestMetadata()).isEmpty();
    }

    /** Looks again and again who may lead. */
    public void start() {
        route.later(1, this::look);
    }

    private void look() {
        var request =
                new ElectLeadersRequestData()
                        .setTimeoutMs(AdminChange.TIMEOUT_MS)
                        .setElectionType(UNCLEAN);
        request.topicPartitions().addAll(stranded(site.newestMetadata()));
        if (request.topicPartitions().isEmpty()) {
            again();
            return;
        }
        route.toAny();
        route.call(
                ApiKeys.ELECT_LEADERS, VERSION, request, ApiMessage.class, PATIENCE, _ -> again());
    }

    private void again() {
        route.later(AGAIN_MS, this::look);
    }

    private static List<TopicPartitions> stranded(MetadataImage image) {
        var all = new ArrayList<TopicPartitions>();
        for (TopicImage topic : image.topics().byId().values()) {
            var stranded = new ArrayList<Integer>();
            for (int index = 0; index < topic.partitions().count(); index++) {
                if (isStranded(topic.partitions().get(index))) {
                    stranded.add(index);
                }
            }
            if (!stranded.isEmpty()) {
                all.add(new TopicPartitions().setTopic(topic.name()).setPartitions(stranded));
            }
        }
        return all;
    }

    private static boolean isStranded(PartitionRegistration partition) {
        return !partition.hasLeader()
                && partition.isr().isEmpty()
                && partition.elr().isEmpty()
                && partition.lastKnownElr().isEmpty();
    }
}
