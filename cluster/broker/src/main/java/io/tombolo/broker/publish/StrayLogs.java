package io.tombolo.broker.publish;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The logs that a start finds on its disks and that no replica of this broker belongs to: the topic
 * was deleted, or the replica moved away, while the broker was down. To be looked for once, when
 * the broker has all metadata up to its own registration: an older image knows nothing of newer
 * replicas.
 *
 * <p>They are deleted only if the metadata have known this broker before. Metadata that hear of it
 * for the first time, because it was unregistered, cannot tell what the logs are worth; nor can
 * they of logs in a directory that was not the broker's before this start. Those are set aside
 * under another name, for people to decide.
 */
public record StrayLogs(List<Stray> strays) {

    /**
     * A log, and whose it is; its topic id is in its directory.
     *
     * @param forGood whether it is deleted, and not set aside
     */
    public record Stray(
            LogDirectory directory, LogName name, TopicIdPartition id, boolean forGood) {}

    public StrayLogs {
        strays = List.copyOf(strays);
    }

    /**
     * Finds them.
     *
     * @param image with the registration of this start
     */
    public static StrayLogs in(LogDirectories directories, MetadataImage image, int brokerId) {
        var strays = new ArrayList<Stray>();
        boolean known = knownBefore(image, brokerId);
        for (LogDirectory directory : directories.all()) {
            boolean forGood = known && directories.knewBefore(directory);
            for (LogName name : directory.names()) {
                // Whose a log is that does not say, nobody can know.
                directory
                        .log(name)
                        .flatMap(PartitionLog::topicId)
                        .map(id -> new TopicIdPartition(kafka(id), name.partition(), name.topic()))
                        .filter(id -> !wanted(id, image, brokerId))
                        .ifPresent(id -> strays.add(new Stray(directory, name, id, forGood)));
            }
        }
        return new StrayLogs(strays);
    }

    private static Uuid kafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static boolean wanted(TopicIdPartition id, MetadataImage image, int brokerId) {
        boolean named =
                image.topics()
                        .topic(id.topicId())
                        .filter(topic -> topic.name().equals(id.topic()))
                        .isPresent();
        return named
                && image.topics()
                        .partition(new PartitionId(id.topicId(), id.partition()))
                        .filter(it -> it.replicas().has(brokerId))
                        .isPresent();
    }

    private static boolean knownBefore(MetadataImage image, int brokerId) {
        return image.brokers()
                .broker(brokerId)
                .map(BrokerRegistration::standing)
                .filter(it -> it.previousStop() != BrokerRegistration.PreviousStop.UNKNOWN)
                .isPresent();
    }
}
