package io.tombolo.metadata.image;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerListener;
import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerDrain;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.DivergenceExported;
import io.tombolo.metadata.record.LinkRecord.DivergenceFound;
import io.tombolo.metadata.record.LinkRecord.GapRecorded;
import io.tombolo.metadata.record.LinkRecord.LineageExtended;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.LinkPaused;
import io.tombolo.metadata.record.LinkRecord.LinkRemoved;
import io.tombolo.metadata.record.LinkRecord.MirrorConfigsFollowed;
import io.tombolo.metadata.record.LinkRecord.MirrorOffsetsClamped;
import io.tombolo.metadata.record.LinkRecord.MirrorPartitionSettled;
import io.tombolo.metadata.record.LinkRecord.MirrorReturned;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsAborted;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsCompared;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsFound;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.RegionRecord.Audited;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.RegionRecord.NoOp;
import io.tombolo.metadata.record.RegionRecord.PartitionFenced;
import io.tombolo.metadata.record.RegionRecord.ProducerIdsAllocated;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Lineage.PartitionEnd;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** A log of records each of which fits what is before it. */
final class RandomHistory {

    private static final String[] NAMES = {"a", "a.b", "a_b", "orders", "x.y.z", "x_y.z", "q"};

    private final Random random;
    private MetadataImage image = MetadataImage.EMPTY;

    RandomHistory(long seed) {
        random = new Random(seed);
    }

    /** The image after all records so far, applied one by one. */
    MetadataImage image() {
        return image;
    }

    List<MetadataRecord> records(int count) {
        var records = new ArrayList<MetadataRecord>();
        while (records.size() < count) {
            next().ifPresent(record -> {
                records.add(record);
                var place = new LogPlace(image.place().offset() + 1, 1);
                image = image.apply(List.of(record), place).image();
            });
        }
        return records;
    }

    private Optional<MetadataRecord> next() {
        return switch (random.nextInt(20)) {
            case 0 -> Optional.of(region());
            case 1, 2 -> broker();
            case 3, 4 -> newTopic();
            case 5 ->
                    topic().filter(_ -> random.nextInt(4) == 0).map(t -> new TopicDeleted(t.id()));
            case 6, 7, 8, 9 -> topic().map(this::newPartition);
            case 10, 11, 12 -> topic().flatMap(this::changedPartition);
            case 13, 14 -> Optional.of(config());
            case 15 -> Optional.of(random.nextBoolean() ? ownership() : handover());
            default -> link();
        };
    }

    private MetadataRecord region() {
        return switch (random.nextInt(4)) {
            case 0 -> new RegionIdentity(new Uuid(1, 1), new RegionId("eu"));
            case 1 -> new FeatureLevel("f" + random.nextInt(3), (short) random.nextInt(3));
            case 2 ->
                    new ProducerIdsAllocated(
                            1, 1, Math.max(0, image.region().nextProducerId()) + 1_000);
            default -> new NoOp();
        };
    }

    private Optional<MetadataRecord> broker() {
        int id = 1 + random.nextInt(5);
        long offset = image.place().offset() + 1;
        Optional<BrokerRegistration> known = image.brokers().broker(id);
        if (known.isEmpty() || random.nextInt(5) == 0) {
            return Optional.of(
                    new BrokerRegistered(
                            new BrokerRegistration(
                                    id,
                                    new Uuid(random.nextLong(), 1),
                                    offset,
                                    new BrokerRegistration.Endpoints(
                                            List.of(new BrokerListener("P", "h", id, "PLAINTEXT")),
                                            "r" + id % 2),
                                    List.of(new Uuid(id, id)),
                                    random.nextBoolean())));
        }
        long epoch = known.get().brokerEpoch();
        if (random.nextInt(4) == 0) {
            var goals = Drain.Goal.values();
            return Optional.of(
                    new BrokerDrain(id, new Drain(goals[random.nextInt(goals.length)], "why")));
        }
        return Optional.of(
                random.nextInt(5) == 0
                        ? new BrokerUnregistered(id, epoch)
                        : new BrokerChange(
                                id,
                                epoch,
                                random.nextBoolean(),
                                random.nextBoolean(),
                                random.nextBoolean() ? List.of() : List.of(new Uuid(id, id))));
    }

    private Optional<MetadataRecord> newTopic() {
        String name = NAMES[random.nextInt(NAMES.length)] + random.nextInt(4);
        return image.topics().topic(name).isPresent()
                ? Optional.empty()
                : Optional.of(new TopicCreated(name, new Uuid(random.nextLong(), 7)));
    }

    private MetadataRecord newPartition(TopicImage topic) {
        List<Uuid> directories = random.nextBoolean() ? List.of() : List.of(new Uuid(3, 3));
        BrokerIds replicas =
                directories.isEmpty()
                        ? BrokerIds.of(random.ints(1, 6).distinct().limit(3).toArray())
                        : BrokerIds.of(1 + random.nextInt(5));
        return new PartitionCreated(
                topic.id(),
                topic.partitions().count(),
                PartitionRegistration.created(replicas, directories));
    }

    private Optional<MetadataRecord> changedPartition(TopicImage topic) {
        if (topic.partitions().count() == 0) {
            return Optional.empty();
        }
        int index = random.nextInt(topic.partitions().count());
        PartitionRegistration old = topic.partitions().get(index);
        BrokerIds replicas = BrokerIds.of(random.ints(1, 6).distinct().limit(2).toArray());
        List<PartitionChange> changes =
                switch (random.nextInt(4)) {
                    case 0 -> List.of(new PartitionChange.LeaderEpoch(old.leaderEpoch() + 1));
                    case 1 ->
                            List.of(
                                    new PartitionChange.Leader(PartitionRegistration.NO_LEADER),
                                    new PartitionChange.LastKnownLeaders(BrokerIds.of(9)),
                                    new PartitionChange.InSync(BrokerIds.NONE),
                                    new PartitionChange.EligibleLeaders(old.replicas()),
                                    new PartitionChange.Recovery(LeaderRecovery.RECOVERING),
                                    new PartitionChange.UncleanEpoch(old.leaderEpoch()),
                                    new PartitionChange.BegunAnew(old.replicas()));
                    default ->
                            List.of(
                                    new PartitionChange.Replicas(replicas),
                                    new PartitionChange.InSync(replicas),
                                    new PartitionChange.Leader(
                                            replicas.at(random.nextInt(replicas.size()))),
                                    new PartitionChange.EligibleLeaders(BrokerIds.NONE),
                                    new PartitionChange.Adding(
                                            random.nextBoolean() ? replicas : BrokerIds.NONE),
                                    new PartitionChange.Removing(
                                            random.nextBoolean() ? replicas : BrokerIds.NONE),
                                    new PartitionChange.Directories(List.of()));
                };
        return Optional.of(
                new PartitionChanged(topic.id(), index, old.partitionEpoch() + 1, changes));
    }

    private MetadataRecord config() {
        ConfigResource resource =
                switch (random.nextInt(3)) {
                    case 0 -> ConfigResource.allBrokers();
                    case 1 -> ConfigResource.group("g" + random.nextInt(2));
                    default ->
                            topic().map(t -> ConfigResource.topic(t.name()))
                                    .orElse(ConfigResource.broker(1));
                };
        String key = "k" + random.nextInt(3);
        return random.nextInt(3) == 0
                ? new ConfigRemoved(resource, key)
                : new ConfigSet(resource, key, "v" + random.nextInt(100));
    }

    private MetadataRecord ownership() {
        var domain = new DomainName("d" + random.nextInt(3));
        long epoch = image.region().ownershipOf(domain).map(OwnershipRecord::epoch).orElse(0L) + 1;
        Ownership.Mode mode = Ownership.Mode.values()[random.nextInt(4)];
        return new OwnershipRecord(
                new Ownership(domain, new RegionId("r" + random.nextInt(3)), epoch, mode, taken()),
                "why");
    }

    /** A fence of a domain that is being handed over, or an entry of the history. */
    private MetadataRecord handover() {
        return image.region().ownership().values().stream()
                .filter(owned -> owned.ownership().mode() == Ownership.Mode.HANDOVER)
                .findFirst()
                .<MetadataRecord>map(owned ->
                        new PartitionFenced(
                                owned.domain(),
                                owned.epoch(),
                                new PartitionId(new Uuid(3, random.nextInt(3)), random.nextInt(2)),
                                new PartitionEnd(random.nextInt(9), 1, -1)))
                .orElseGet(() ->
                        new Audited(
                                random.nextInt(9),
                                new DomainName("d1"),
                                "failover",
                                new RegionId("r1"),
                                1,
                                2,
                                "why",
                                "done"));
    }

    private Optional<MetadataRecord> link() {
        var link = new LinkName("l" + random.nextInt(2));
        boolean known = image.links().link(link).isPresent();
        return switch (random.nextInt(10)) {
            case 8 ->
                    topic().filter(t -> t.partitions().count() > 0)
                            .map(t -> random.nextBoolean() ? reign(t) : gap(t));
            case 7 -> topic().map(t -> returning(t, link));
            case 6 -> mirror().filter(t -> promoting(t) > 0).map(this::transactions);
            case 0 ->
                    Optional.of(
                            new LinkDefined(
                                    link,
                                    new Uuid(2, 2),
                                    new RegionId("eu"),
                                    new RegionId("us"),
                                    new TreeMap<>()));
            case 1 ->
                    known
                            ? Optional.of(new LinkPaused(link, random.nextBoolean()))
                            : Optional.empty();
            case 2 ->
                    known && random.nextInt(4) == 0
                            ? Optional.of(new LinkRemoved(link))
                            : Optional.empty();
            case 3 ->
                    topic().map(t ->
                            new MirrorTopicDefined(
                                    t.id(),
                                    link,
                                    new MirrorTopic.Origin(
                                            t.id(),
                                            random.nextBoolean()
                                                    ? List.of()
                                                    : List.of(random.nextLong(9)),
                                            random.nextBoolean()
                                                    ? List.of()
                                                    : List.of(new Uuid(4, random.nextLong(9))))));
            case 4 ->
                    random.nextBoolean()
                            ? mirror().map(this::settled)
                            : mirror().map(t ->
                                    new MirrorConfigsFollowed(
                                            t.id(),
                                            new TreeMap<>(
                                                    Map.of(
                                                            "retention.ms",
                                                            "" + random.nextInt(9)))));
            case 5 ->
                    mirror().filter(t -> promoting(t) > 0)
                            .map(t ->
                                    new MirrorOffsetsClamped(
                                            new TreeSet<>(List.of(t.id())),
                                            random.nextInt(3),
                                            random.nextBoolean()
                                                    ? List.of()
                                                    : List.of(
                                                            new ClampedPosition(
                                                                    "g", t.id(), 0, 9, 5))));
            default ->
                    topic().filter(t -> image.links().mirrorTopic(t.id()).isPresent())
                            .map(t ->
                                    new MirrorTopicStateChanged(
                                            t.id(),
                                            MirrorTopic.State.values()[random.nextInt(6)],
                                            "r" + random.nextInt(9)));
        };
    }

    private MetadataRecord returning(TopicImage topic, LinkName link) {
        boolean back =
                image.links()
                        .mirrorTopic(topic.id())
                        .filter(one -> one.restoration().ownershipEpoch() > 0)
                        .isPresent();
        int index = random.nextInt(3);
        return switch (back ? random.nextInt(4) : 3) {
            case 0 ->
                    new DivergenceFound(
                            topic.id(),
                            index,
                            new Divergence(5, 5, 5 + random.nextInt(9), 1, 1, 1, 1));
            case 1 -> new DivergenceExported(topic.id(), index, "there");
            case 2 ->
                    new ReplicasToCut(
                            topic.id(),
                            index,
                            5,
                            random.nextBoolean() ? BrokerIds.NONE : BrokerIds.of(1, 2));
            default ->
                    new MirrorReturned(
                            topic.id(),
                            link,
                            1 + random.nextInt(5),
                            new TreeMap<>(Map.of(index, new CopyEnd(7, 1, -1, true))));
        };
    }

    private MetadataRecord reign(TopicImage topic) {
        int index = random.nextInt(topic.partitions().count());
        List<Reign> known = image.links().lineageOf(topic.partitionId(index));
        long epoch = known.isEmpty() ? Reign.FIRST : known.getLast().ownershipEpoch() + 1;
        return new LineageExtended(
                topic.id(),
                index,
                new Reign(
                        epoch + random.nextInt(3),
                        new RegionId("r" + random.nextInt(3)),
                        random.nextInt(9) - 1,
                        random.nextInt(9) - 1));
    }

    private MetadataRecord gap(TopicImage topic) {
        long from = random.nextInt(50);
        return new GapRecorded(
                topic.id(),
                random.nextInt(topic.partitions().count()),
                new MirrorTopic.Gap(from, from + 1 + random.nextInt(9)));
    }

    private MetadataRecord transactions(TopicImage topic) {
        int index = random.nextInt(3);
        var open =
                OpenTransactions.of(
                        List.of(new OpenTransactions.OpenTransaction(7, 0, random.nextInt(9), 1)));
        if (random.nextInt(4) == 0) {
            return new MirrorTransactionsCompared(
                    topic.id(), index, List.of(new TornTransaction(7, 0, 1, random.nextInt(9))));
        }
        return random.nextBoolean()
                ? new MirrorTransactionsAborted(topic.id(), index)
                : new MirrorTransactionsFound(
                        topic.id(),
                        index,
                        promoting(topic),
                        random.nextInt(3) == 0 ? OpenTransactions.UNKNOWN : open);
    }

    private Optional<TopicImage> mirror() {
        return topic().filter(t ->
                image.links().mirrorTopic(t.id()).filter(known -> !known.writable()).isPresent());
    }

    private long promoting(TopicImage topic) {
        return image.links()
                .mirrorTopic(topic.id())
                .map(known -> known.promotion().ownershipEpoch())
                .orElse(0L);
    }

    private MetadataRecord settled(TopicImage topic) {
        return new MirrorPartitionSettled(
                topic.id(),
                random.nextInt(3),
                Math.max(1, promoting(topic) + random.nextInt(2)),
                new CopyEnd(random.nextInt(99), 3, -1, random.nextBoolean()));
    }

    private Optional<TopicImage> topic() {
        List<TopicImage> topics = List.copyOf(image.topics().byId().values());
        return topics.isEmpty()
                ? Optional.empty()
                : Optional.of(topics.get(random.nextInt(topics.size())));
    }

    private Optional<Takeover> taken() {
        return random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new Takeover(new RegionId("r1"), NameFilter.of("t*", "!t2")));
    }
}
