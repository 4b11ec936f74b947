package io.tombolo.broker.publish;

import io.tombolo.broker.Images;
import io.tombolo.broker.TopicConfigs;
import io.tombolo.broker.lease.LeaseSeat;
import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.region.DomainName;
import io.tombolo.region.config.TopicConfig;
import io.tombolo.replication.Partition;
import io.tombolo.replication.quota.CopyLimit;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.LogDamage;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes the partitions of this broker what an image says. Called on the controller's loop, one
 * delta after the other; the work on a partition runs on the loop that owns it, in the same order.
 */
public final class PartitionPublisher {

    private final Shards shards;
    private final LogDirectories directories;
    private final TopicConfigs configs;
    private final Place place;
    private volatile Casting casting;
    private final List<Hosting> hostings;
    private boolean firstImage;

    /**
     * Who this broker is, and which topics its region may lose to others.
     *
     * @param leases without which it may not write to these; none where operators see to that
     */
    public record Place(int brokerId, Domains domains, Optional<LeaseSeat> leases) {}

    /**
     * Who hears of partitions, on the loop that owns them.
     *
     * @param onHosted of each that comes to be hosted, before it gets its first role
     * @param onOffline of each that cannot be used, once; unless its log could only not be made, it
     *     stays so until the broker starts again
     */
    public record Audience(
            Consumer<Partition> onHosted,
            BiConsumer<TopicIdPartition, Exception> onOffline,
            RepairListener repairs,
            DirectoryListener directories,
            CopyLimit moving) {

        /** For somebody who has one directory. */
        Audience(Consumer<Partition> onHosted, BiConsumer<TopicIdPartition, Exception> onOffline) {
            this(onHosted, onOffline, new RepairListener() {}, (_, _, _) -> {}, new CopyLimit());
        }
    }

    /** Hears of damaged and of full logs, and of those that are well again. */
    public interface RepairListener {

        /** Records cannot be read any more, for the first time. */
        default void damaged(TopicIdPartition id, LogDamage damage) {}

        /** The log of a partition that was offline is in use again, up to an offset. */
        default void repaired(TopicIdPartition id, long endOffset) {}

        /** A leader refuses records because the disk is full (false), or takes them again. */
        default void room(TopicIdPartition id, boolean enough) {}
    }

    /** Hears where replicas are. */
    @FunctionalInterface
    public interface DirectoryListener {

        /**
         * A replica is in another directory than the controller believes.
         *
         * @param directory where it is; {@link BrokerRegistration#LOST} when it failed alone, in a
         *     directory that works, {@link BrokerRegistration#DAMAGED} when it has lost records
         * @param taken hears, on any loop, whether the controller has accepted it; or never, when
         *     something newer of the same replica is told before that
         */
        void tell(TopicIdPartition id, Uuid directory, Consumer<Boolean> taken);

        default void located(TopicIdPartition id, Uuid directory) {
            tell(id, directory, _ -> {});
        }
    }

    public PartitionPublisher(
            Place place,
            Shards shards,
            LogDirectories directories,
            TopicConfigs configs,
            Function<EventLoop, Partition.Surroundings> surroundings,
            Audience audience) {
        this.place = place;
        this.shards = shards;
        this.directories = directories;
        this.configs = configs;
        this.hostings = new ArrayList<>();
        this.firstImage = true;
        this.casting = new Casting(place.brokerId(), place.domains(), false, place.leases());
        for (Shard shard : shards.all()) {
            hostings.add(
                    new Hosting(
                            shard,
                            directories,
                            configs,
                            surroundings.apply(shard.loop()),
                            audience));
        }
    }

    /** Carries out what is different in the newer image. */
    public void publish(MetadataDelta delta) {
        MetadataImage image = delta.after();
        boolean old = firstImage;
        firstImage = false;
        delta.topicsDeleted().values().forEach(this::drop);
        for (PartitionId id : delta.partitions()) {
            image.topics()
                    .topic(id.topicId())
                    .ifPresent(topic -> cast(image, topic, id.index(), old));
        }
        for (Uuid topicId : recast(delta)) {
            image.topics().topic(topicId).ifPresent(topic -> castAll(image, topic, old));
        }
        for (ConfigResource resource : delta.configs()) {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                image.topics().topic(resource.name()).ifPresent(topic -> configure(image, topic));
            }
        }
    }

    /**
     * The other regions have told who owns what, or could not be asked. Until then nothing is
     * written to topics that may have changed hands.
     */
    public void ownersKnown(MetadataImage image) {
        casting = new Casting(place.brokerId(), place.domains(), true, place.leases());
        for (TopicImage topic : image.topics().byId().values()) {
            if (!place.domains().of(image, topic).isEmpty()) {
                castAll(image, topic, false);
            }
        }
    }

    /** Whether it is not known yet who owns a topic of this name; callable from any thread. */
    public boolean undecided(MetadataImage image, String topic) {
        return !casting.ownersKnown() && !place.domains().of(image, topic).isEmpty();
    }

    /** What coordinators here may tell clients. */
    public CommitRights commitRights(Images images, Clock clock) {
        return new CommitRights(() -> casting, images, clock);
    }

    /** Removes what is left on disk of topics that are deleted; before anything is published. */
    public void sweep(Collection<TopicImage> deletedTopics) {
        deletedTopics.forEach(this::drop);
    }

    /** Takes away the logs that belong to no replica of this broker. */
    public void sweep(StrayLogs found) {
        for (StrayLogs.Stray stray : found.strays()) {
            on(stray.id(), hosting -> hosting.removeStray(stray));
        }
    }

    /**
     * Moves a replica to another directory of this broker, or calls such a move off when it is the
     * one where the replica is; as Kafka's AlterReplicaLogDirs. A replica that is not here yet will
     * be made there.
     *
     * @param answered called on {@code replyTo}
     */
    public void moveReplica(
            TopicIdPartition id, Path directory, EventLoop replyTo, Consumer<Errors> answered) {
        on(
                id,
                hosting -> {
                    Errors error = hosting.move(id, directory);
                    Shards.run(replyTo, () -> answered.accept(error));
                });
    }

    /** Why no replica can be moved to a directory; callable from any thread. */
    public Errors refusal(Path directory) {
        return ReplicaMoves.refusal(directories, directory);
    }

    /** Makes no log any more, because the data directory is about to be closed. */
    public void close() {
        for (Hosting hosting : hostings) {
            Shards.run(hosting.shard().loop(), hosting::close);
        }
    }

    private void drop(TopicImage deleted) {
        deleted.partitions()
                .forEach((index, _) -> {
                    TopicIdPartition id = named(deleted, index);
                    on(id, hosting -> hosting.drop(id));
                });
    }

    /** The topics whose writability may have changed. */
    private Set<Uuid> recast(MetadataDelta delta) {
        var topics = new TreeSet<Uuid>(delta.mirrorTopics());
        if (!delta.ownership().isEmpty() || !delta.links().isEmpty()) {
            // Such changes are rare and may concern any topic.
            delta.after().topics().byId().values().stream()
                    .filter(topic -> changesHands(delta, topic))
                    .forEach(topic -> topics.add(topic.id()));
        }
        return topics;
    }

    /** Whether a domain of the topic has another owner, or the topic has other domains. */
    private boolean changesHands(MetadataDelta delta, TopicImage topic) {
        Set<DomainName> domains = place.domains().of(delta.after(), topic);
        return domains.stream().anyMatch(delta.ownership()::contains)
                || !delta.links().isEmpty()
                        && !domains.equals(place.domains().of(delta.before(), topic));
    }

    private void castAll(MetadataImage image, TopicImage topic, boolean old) {
        topic.partitions().forEach((index, _) -> cast(image, topic, index, old));
    }

    private void cast(MetadataImage image, TopicImage topic, int index, boolean old) {
        PartitionRegistration registration = topic.partitions().get(index);
        TopicIdPartition id = named(topic, index);
        if (!registration.replicas().has(place.brokerId())) {
            on(id, hosting -> hosting.release(id));
            return;
        }
        var wanted =
                new Hosting.Wanted(
                        casting.roleOf(image, topic, index),
                        configs.inForce(image, topic.name()),
                        new Hosting.Assigned(registration.directoryOf(place.brokerId()), old));
        on(id, hosting -> hosting.cast(id, wanted));
    }

    private void configure(MetadataImage image, TopicImage topic) {
        TopicConfig config = configs.inForce(image, topic.name());
        topic.partitions()
                .forEach((index, _) -> {
                    TopicIdPartition id = named(topic, index);
                    on(id, hosting -> hosting.configure(id, config));
                });
    }

    private void on(TopicIdPartition id, Consumer<Hosting> work) {
        Hosting hosting = hostings.get(shards.ownerOf(id).loop().index());
        Shards.run(hosting.shard().loop(), () -> work.accept(hosting));
    }

    private static TopicIdPartition named(TopicImage topic, int index) {
        return new TopicIdPartition(topic.id(), index, topic.name());
    }
}
