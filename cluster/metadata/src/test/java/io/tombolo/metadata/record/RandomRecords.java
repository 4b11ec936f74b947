package io.tombolo.metadata.record;

import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerDrain;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
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
import io.tombolo.metadata.record.LinkRecord.OpenTransactions.OpenTransaction;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.RegionRecord.ControllerRegistered;
import io.tombolo.metadata.record.RegionRecord.ControllerUnregistered;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.RegionRecord.NoOp;
import io.tombolo.metadata.record.RegionRecord.ProducerIdsAllocated;
import io.tombolo.metadata.record.RegionRecord.Receipt;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Legal records of every type with random fields. */
final class RandomRecords {

    private final Random random;

    RandomRecords(long seed) {
        random = new Random(seed);
    }

    MetadataRecord next(RecordType type) {
        return switch (type) {
            case NO_OP -> new NoOp();
            case CONTROLLER_REGISTERED -> new ControllerRegistered(broker(), features());
            case CONTROLLER_UNREGISTERED -> new ControllerUnregistered(broker());
            case RECEIPT -> new Receipt(uuid(), ConfigResource.topic("orders"));
            case REGION_IDENTITY -> new RegionIdentity(uuid(), new RegionId(name()));
            case FEATURE_LEVEL -> new FeatureLevel(name(), (short) random.nextInt(100));
            case PRODUCER_IDS_ALLOCATED -> new ProducerIdsAllocated(broker(), offset(), offset());
            case BROKER_REGISTERED -> new BrokerRegistered(registration());
            case BROKER_CHANGE ->
                    new BrokerChange(
                            broker(),
                            offset(),
                            random.nextBoolean(),
                            random.nextBoolean(),
                            uuids(random.nextInt(3)));
            case BROKER_DRAIN ->
                    new BrokerDrain(broker(), new Drain(oneOf(Drain.Goal.values()), text()));
            case BROKER_UNREGISTERED -> new BrokerUnregistered(broker(), offset());
            case TOPIC_CREATED -> new TopicCreated(name(), uuid());
            case TOPIC_DELETED -> new TopicDeleted(uuid());
            case PARTITION_CREATED -> new PartitionCreated(uuid(), number(), partition());
            case PARTITION_CHANGED -> new PartitionChanged(uuid(), number(), number(), changes());
            case CONFIG_SET -> new ConfigSet(resource(), name(), text());
            case CONFIG_REMOVED -> new ConfigRemoved(resource(), name());
            case LINK_DEFINED -> link();
            case LINK_PAUSED -> new LinkPaused(new LinkName(name()), random.nextBoolean());
            case LINK_REMOVED -> new LinkRemoved(new LinkName(name()));
            case MIRROR_TOPIC_DEFINED ->
                    new MirrorTopicDefined(
                            uuid(),
                            new LinkName(name()),
                            new MirrorTopic.Origin(
                                    uuid(),
                                    random.nextBoolean() ? List.of() : List.of(offset(), offset()),
                                    random.nextBoolean() ? List.of() : List.of(uuid())));
            case MIRROR_TOPIC_STATE_CHANGED ->
                    new MirrorTopicStateChanged(uuid(), oneOf(MirrorTopic.State.values()), text());
            case MIRROR_CONFIGS_FOLLOWED ->
                    new MirrorConfigsFollowed(uuid(), new TreeMap<>(Map.of(name(), text())));
            case MIRROR_PARTITION_SETTLED ->
                    new MirrorPartitionSettled(
                            uuid(),
                            number(),
                            offset(),
                            new CopyEnd(offset(), number(), offset(), random.nextBoolean()));
            case MIRROR_OFFSETS_CLAMPED ->
                    new MirrorOffsetsClamped(
                            new TreeSet<>(uuids(random.nextInt(3))), number(), positions());
            case MIRROR_TRANSACTIONS_FOUND ->
                    new MirrorTransactionsFound(uuid(), number(), offset(), open());
            case MIRROR_TRANSACTIONS_ABORTED -> new MirrorTransactionsAborted(uuid(), number());
            case MIRROR_TRANSACTIONS_COMPARED ->
                    new MirrorTransactionsCompared(
                            uuid(),
                            number(),
                            random.nextBoolean()
                                    ? List.of()
                                    : List.of(
                                            new TornTransaction(offset(), number(), -1, offset())));
            case MIRROR_RETURNED ->
                    new MirrorReturned(
                            uuid(),
                            new LinkName(name()),
                            offset(),
                            new TreeMap<>(
                                    Map.of(number(), new CopyEnd(offset(), number(), -1, true))));
            case DIVERGENCE_FOUND ->
                    new DivergenceFound(
                            uuid(),
                            number(),
                            new Divergence(3, 4, 5 + random.nextInt(9), 1, 70, -1, -1));
            case DIVERGENCE_EXPORTED -> new DivergenceExported(uuid(), number(), text());
            case REPLICAS_TO_CUT ->
                    new ReplicasToCut(uuid(), number(), offset(), BrokerIds.of(1, 3));
            case LINEAGE_EXTENDED ->
                    new LineageExtended(
                            uuid(),
                            number(),
                            new Reign(offset(), new RegionId(name()), offset() - 1, number()));
            case GAP_RECORDED ->
                    new GapRecorded(
                            uuid(), number(), new MirrorTopic.Gap(3, 4 + random.nextInt(9)));
            case PARTITION_FENCED ->
                    new RegionRecord.PartitionFenced(
                            new DomainName(name()),
                            1 + number(),
                            new PartitionId(uuid(), number()),
                            new PartitionEnd(offset(), number(), random.nextInt(9) - 1));
            case AUDITED ->
                    new RegionRecord.Audited(
                            offset(),
                            new DomainName(name()),
                            text(),
                            new RegionId(name()),
                            number(),
                            number(),
                            text(),
                            text());
            case OWNERSHIP ->
                    new OwnershipRecord(
                            new Ownership(
                                    new DomainName(name()),
                                    new RegionId(name()),
                                    1 + random.nextInt(1_000_000),
                                    oneOf(Ownership.Mode.values()),
                                    random.nextBoolean()
                                            ? Optional.empty()
                                            : Optional.of(
                                                    new Takeover(
                                                            new RegionId(name()),
                                                            NameFilter.of("a*", "!" + name())))),
                            text());
        };
    }

    private OpenTransactions open() {
        var told = new ArrayList<OpenTransaction>();
        for (int i = random.nextInt(3); i > 0; i--) {
            told.add(new OpenTransaction(offset(), number(), offset(), offset() - 1));
        }
        return told.isEmpty() && random.nextBoolean()
                ? OpenTransactions.UNKNOWN
                : new OpenTransactions(told.size() + random.nextInt(9), told);
    }

    private List<ClampedPosition> positions() {
        var positions = new ArrayList<ClampedPosition>();
        for (int i = random.nextInt(3); i > 0; i--) {
            positions.add(new ClampedPosition(name(), uuid(), number(), offset(), offset()));
        }
        return positions;
    }

    private LinkDefined link() {
        var settings = new TreeMap<String, String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            settings.put(text(), text());
        }
        return new LinkDefined(
                new LinkName(name()), uuid(), new RegionId(name()), new RegionId(name()), settings);
    }

    private BrokerRegistration registration() {
        var listeners = new ArrayList<BrokerListener>();
        for (int i = random.nextInt(3); i > 0; i--) {
            listeners.add(new BrokerListener(name(), name(), random.nextInt(65_536), name()));
        }
        return new BrokerRegistration(
                broker(),
                uuid(),
                offset(),
                new BrokerRegistration.Endpoints(listeners, text(), features()),
                uuids(random.nextInt(3)),
                new BrokerRegistration.Standing(
                        random.nextBoolean(),
                        random.nextBoolean(),
                        uuids(random.nextInt(3)),
                        oneOf(BrokerRegistration.PreviousStop.values())));
    }

    private PartitionRegistration partition() {
        BrokerIds replicas = replicas();
        boolean led = random.nextBoolean();
        return new PartitionRegistration(
                replicas,
                BrokerIds.of(replicas.asList().subList(0, 1 + random.nextInt(replicas.size()))),
                led ? replicas.at(0) : PartitionRegistration.NO_LEADER,
                number(),
                number(),
                standing(replicas));
    }

    private ReplicaStanding standing(BrokerIds replicas) {
        List<Uuid> directories = random.nextBoolean() ? List.of() : uuids(replicas.size());
        if (random.nextBoolean()) {
            return ReplicaStanding.of(directories);
        }
        return new ReplicaStanding(
                directories,
                new ReplicaStanding.Eligible(
                        BrokerIds.NONE,
                        replicas(),
                        oneOf(LeaderRecovery.values()),
                        number(),
                        replicas()),
                random.nextBoolean()
                        ? ReplicaStanding.Moving.NONE
                        : new ReplicaStanding.Moving(replicas, BrokerIds.of(replicas.at(0))));
    }

    private List<PartitionChange> changes() {
        List<PartitionChange> all =
                new ArrayList<>(
                        List.of(
                                new PartitionChange.Leader(broker()),
                                new PartitionChange.LeaderEpoch(number()),
                                new PartitionChange.InSync(replicas()),
                                new PartitionChange.Replicas(replicas()),
                                new PartitionChange.Directories(uuids(2)),
                                new PartitionChange.EligibleLeaders(replicas()),
                                new PartitionChange.LastKnownLeaders(replicas()),
                                new PartitionChange.Recovery(oneOf(LeaderRecovery.values())),
                                new PartitionChange.UncleanEpoch(number()),
                                new PartitionChange.BegunAnew(replicas()),
                                new PartitionChange.Adding(replicas()),
                                new PartitionChange.Removing(replicas())));
        Collections.shuffle(all, random);
        return all.subList(0, random.nextInt(all.size() + 1));
    }

    private BrokerIds replicas() {
        return BrokerIds.of(
                random.ints(0, 5_000).distinct().limit(1 + random.nextInt(4)).toArray());
    }

    private ConfigResource resource() {
        return new ConfigResource(oneOf(ConfigResource.Type.values()), text());
    }

    private List<Uuid> uuids(int count) {
        return Stream.generate(this::uuid).limit(count).toList();
    }

    private Uuid uuid() {
        return new Uuid(random.nextLong(), random.nextLong());
    }

    private String name() {
        return "n" + Integer.toString(random.nextInt(1 << 20), 36);
    }

    private String text() {
        return random.nextInt(4) == 0 ? "" : "über-" + random.nextInt(1_000) + " 中 \uD83D\uDE80";
    }

    private int broker() {
        return random.nextInt(5_000);
    }

    private int number() {
        return random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(10_000);
    }

    private long offset() {
        return random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(10_000);
    }

    private <T> T oneOf(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private TreeMap<String, BrokerRegistration.Levels> features() {
        var features = new TreeMap<String, BrokerRegistration.Levels>();
        for (int count = random.nextInt(3); count > 0; count--) {
            features.put(name(), new BrokerRegistration.Levels((short) 1, (short) count));
        }
        return features;
    }
}
