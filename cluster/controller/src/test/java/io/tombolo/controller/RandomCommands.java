package io.tombolo.controller;

import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.BrokerCommand.UnregisterBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand.AlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.ConfigCommand.Replacement;
import io.tombolo.controller.command.LinkCommand.AbortMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Aborting;
import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.CompareMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Compared;
import io.tombolo.controller.command.LinkCommand.CompletePromotion;
import io.tombolo.controller.command.LinkCommand.CreateMirrorTopic;
import io.tombolo.controller.command.LinkCommand.DefineLink;
import io.tombolo.controller.command.LinkCommand.GrowMirrorTopic;
import io.tombolo.controller.command.LinkCommand.PauseLink;
import io.tombolo.controller.command.LinkCommand.RaiseLeaderEpochs;
import io.tombolo.controller.command.LinkCommand.RecordGaps;
import io.tombolo.controller.command.LinkCommand.RemoveLink;
import io.tombolo.controller.command.LinkCommand.RestartMirrorTopic;
import io.tombolo.controller.command.LinkCommand.SetMirrorTopicState;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.LinkCommand.Settled;
import io.tombolo.controller.command.RegionCommand.AllocateProducerIds;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.controller.command.RegionCommand.Direction;
import io.tombolo.controller.command.RegionCommand.FeatureUpdate;
import io.tombolo.controller.command.RegionCommand.ObserveOwnership;
import io.tombolo.controller.command.RegionCommand.UpdateFeatures;
import io.tombolo.controller.command.ReplicaCommand.AlterReassignments;
import io.tombolo.controller.command.ReplicaCommand.AssignReplicasToDirs;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders.Scope;
import io.tombolo.controller.command.ReplicaCommand.ElectLeaders;
import io.tombolo.controller.command.ReplicaCommand.Election;
import io.tombolo.controller.command.TopicCommand.CreatePartitions;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.DeleteTopics;
import io.tombolo.controller.command.TopicCommand.Growth;
import io.tombolo.controller.command.TopicCommand.TopicKey;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Commands of every kind, sensible and not, from one seed. */
final class RandomCommands {

    static final List<String> NAMES =
            List.of("a.b", "a_b", "orders", "x.y", "x_y", "bad name", "t");

    private final Random random;

    RandomCommands(long seed) {
        random = new Random(seed);
    }

    Command<?> next(MetadataImage image) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> broker(image);
            case 3, 4, 5 -> random.nextInt(4) == 0 ? replicas(image) : topic();
            case 6 -> config();
            case 7 -> region(image);
            default -> link(image);
        };
    }

    private Command<?> broker(MetadataImage image) {
        int id = 1 + random.nextInt(4);
        long epoch = image.brokers().broker(id).map(BrokerRegistration::brokerEpoch).orElse(0L);
        return switch (random.nextInt(9)) {
            case 0, 1 -> Region.registration(id, new Uuid(id, random.nextInt(3)));
            case 2 -> new FenceBroker(id, epoch);
            case 3 -> random.nextInt(8) == 0 ? new UnregisterBroker(id) : new FenceBroker(id, 0);
            case 4 ->
                    new HeartbeatBroker(
                            id,
                            epoch,
                            epoch,
                            random.nextBoolean(),
                            random.nextInt(4) == 0,
                            random.nextInt(6) > 0 ? List.of() : List.of(new Uuid(77, id)));
            default -> new HeartbeatBroker(id, epoch, epoch, false, false);
        };
    }

    private Command<?> topic() {
        String name = name();
        return switch (random.nextInt(7)) {
            case 0 -> new DeleteTopics(List.of(new TopicKey.ByName(name)));
            case 1, 2 ->
                    new CreatePartitions(
                            List.of(new Growth(name, 1 + random.nextInt(6), List.of())),
                            random.nextInt(5) == 0);
            default ->
                    new CreateTopics(
                            List.of(
                                    Region.topic(name, random.nextInt(4), random.nextInt(4)),
                                    Region.topic(name(), -1, -1)),
                            random.nextInt(6) == 0);
        };
    }

    private Command<?> replicas(MetadataImage image) {
        var partition = new TopicPartition(name(), random.nextInt(3));
        return switch (random.nextInt(4)) {
            case 0 ->
                    new AlterReassignments(
                            Map.of(
                                    partition,
                                    random.nextInt(4) == 0
                                            ? Optional.empty()
                                            : Optional.of(
                                                    random.ints(1 + random.nextInt(2), 1, 6)
                                                            .boxed()
                                                            .toList())),
                            random.nextInt(4) > 0);
            case 1 -> new BalanceLeaders(1 + random.nextInt(3), Scope.values()[random.nextInt(2)]);
            case 2 ->
                    new ElectLeaders(
                            Election.values()[random.nextInt(2)],
                            random.nextBoolean()
                                    ? Optional.empty()
                                    : Optional.of(List.of(partition)));
            default -> assigned(image);
        };
    }

    private Command<?> assigned(MetadataImage image) {
        int id = 1 + random.nextInt(4);
        long epoch = image.brokers().broker(id).map(BrokerRegistration::brokerEpoch).orElse(0L);
        var directories = new TreeMap<PartitionId, Uuid>();
        image.topics().replicasOn(id).ids().stream()
                .limit(2)
                .forEach(partition ->
                        directories.put(
                                partition,
                                switch (random.nextInt(8)) {
                                    case 0, 1 -> BrokerRegistration.LOST;
                                    case 2 -> BrokerRegistration.DAMAGED;
                                    default -> new Uuid(77, id + random.nextInt(2));
                                }));
        return new AssignReplicasToDirs(id, epoch, directories);
    }

    private Command<?> config() {
        ConfigResource topic = ConfigResource.topic(name());
        if (random.nextInt(4) == 0) {
            var configs = new TreeMap<>(Map.of("retention.ms", "" + random.nextInt(9)));
            return new AlterConfigs(List.of(new Replacement(topic, configs)), false);
        }
        Change change =
                switch (random.nextInt(4)) {
                    case 0 -> new Change.Set("compression.type", "" + random.nextInt(3));
                    case 1 -> new Change.Delete("retention.ms");
                    case 2 -> new Change.Append("cleanup.policy", "compact");
                    default -> new Change.Set("retention.ms", random.nextBoolean() ? "1" : "x");
                };
        return new IncrementalAlterConfigs(
                List.of(new Alteration(topic, List.of(change))), Origin.CLIENT, false);
    }

    private Command<?> region(MetadataImage image) {
        var domain = new DomainName(random.nextInt(3) == 0 ? "out" : "d" + random.nextInt(2));
        long epoch = image.region().ownershipOf(domain).map(one -> one.epoch()).orElse(0L);
        Ownership.Mode mode = Ownership.Mode.values()[random.nextInt(3)];
        boolean linked = domain.name().equals("out") && random.nextBoolean();
        var owner = new RegionId(linked ? "us" : "r" + random.nextInt(3));
        return switch (random.nextInt(5)) {
            case 0 -> {
                int id = 1 + random.nextInt(3);
                long brokerEpoch =
                        image.brokers().broker(id).map(BrokerRegistration::brokerEpoch).orElse(0L);
                yield new AllocateProducerIds(id, brokerEpoch);
            }
            case 1 ->
                    new UpdateFeatures(
                            List.of(
                                    new FeatureUpdate(
                                            "level",
                                            (short) random.nextInt(7),
                                            Direction.values()[random.nextInt(3)])),
                            false);
            case 2 ->
                    random.nextInt(3) == 0
                            ? takenElsewhere()
                            : new ObserveOwnership(
                                    List.of(
                                            new Ownership(
                                                    domain,
                                                    owner,
                                                    Math.max(1, epoch - 1 + random.nextInt(3)),
                                                    mode)),
                                    "seen");
            default ->
                    new ClaimOwnership(
                            domain, owner, random.nextInt(3) == 0 ? 0 : epoch, mode, "claimed");
        };
    }

    /** A third region took topics over from the one whose topics are copied here. */
    private Command<?> takenElsewhere() {
        var taken =
                new Ownership(
                        new DomainName("fan"),
                        new RegionId(random.nextInt(4) > 0 ? "ap" : "us"),
                        1 + random.nextInt(9),
                        Ownership.Mode.FORCED);
        String names = random.nextBoolean() ? "t" : "x*";
        return new ObserveOwnership(
                List.of(taken.with(Takeover.of(new RegionId("us"), names))), "seen");
    }

    private Command<?> link(MetadataImage image) {
        var link = new LinkName("l" + random.nextInt(2));
        String name = name();
        return switch (random.nextInt(14)) {
            case 10 -> aborting(image, link);
            case 11 -> comparing(image, link);
            case 0, 1 -> defined(link, "us", "eu", List.of("a*,t", "", "*").get(random.nextInt(3)));
            case 9 ->
                    defined(new LinkName("out"), "eu", "us", random.nextBoolean() ? "o*,t" : "x*");
            case 2 ->
                    random.nextBoolean()
                            ? new PauseLink(link)
                            : new RemoveLink(random.nextInt(4) > 0 ? link : new LinkName("out"));
            case 3 -> new GrowMirrorTopic(link, name, 1 + random.nextInt(6));
            case 4 ->
                    new SetMirrorTopicState(
                            link,
                            name,
                            random.nextBoolean()
                                    ? MirrorTopic.State.FAILED
                                    : MirrorTopic.State.values()[random.nextInt(5)],
                            "r");
            case 5 ->
                    random.nextBoolean()
                            ? new RaiseLeaderEpochs(epochs(image, link))
                            : new RecordGaps(gaps(image, link));
            case 6 -> new BeginPromotion(link, "test");
            case 7 ->
                    random.nextInt(3) == 0
                            ? new CompletePromotion(link, ownershipEpoch(image, link))
                            : new SettleMirrorPartitions(
                                    link, ownershipEpoch(image, link), settled(image, link));
            case 8 -> claimFor(image, link);
            default -> copy(image, link, name);
        };
    }

    private Command<?> copy(MetadataImage image, LinkName link, String name) {
        return image.topics()
                .topic(name)
                .flatMap(image::mirrorOf)
                .filter(mirror -> mirror.state() == MirrorTopic.State.FAILED)
                .<Command<?>>map(mirror ->
                        new RestartMirrorTopic(copy(mirror.link(), name), mirror.sourceTopicId()))
                .orElse(copy(link, name));
    }

    private CreateMirrorTopic copy(LinkName link, String name) {
        return new CreateMirrorTopic(
                link, name, new Uuid(1, random.nextInt(5)), 1 + random.nextInt(3), new TreeMap<>());
    }

    private Command<?> defined(LinkName link, String from, String to, String topics) {
        return new DefineLink(
                new LinkDefined(
                        link,
                        new Uuid(6, random.nextInt(8) == 0 ? 1 : 0),
                        new RegionId(from),
                        new RegionId(to),
                        new TreeMap<>(Map.of(LinkDefined.TOPICS, topics))));
    }

    private static long ownershipEpoch(MetadataImage image, LinkName link) {
        return image.region()
                .ownershipOf(new DomainName(link.name()))
                .map(record -> record.epoch())
                .orElse(0L);
    }

    private Command<?> claimFor(MetadataImage image, LinkName link) {
        return new ClaimOwnership(
                new DomainName(link.name()),
                new RegionId(random.nextInt(6) > 0 ? "eu" : "us"),
                ownershipEpoch(image, link),
                Ownership.Mode.FORCED,
                "test");
    }

    private TreeMap<PartitionId, MirrorTopic.Gap> gaps(MetadataImage image, LinkName link) {
        var gaps = new TreeMap<PartitionId, MirrorTopic.Gap>();
        for (PartitionId id : epochs(image, link).keySet()) {
            long from = random.nextInt(50);
            gaps.put(id, new MirrorTopic.Gap(from, from + 1 + random.nextInt(9)));
        }
        return gaps;
    }

    private TreeMap<PartitionId, Settled> settled(MetadataImage image, LinkName link) {
        var settled = new TreeMap<PartitionId, Settled>();
        epochs(image, link)
                .forEach((id, epoch) -> {
                    int leaderEpoch = image.topics().partition(id).orElseThrow().leaderEpoch();
                    // A source may have had more elections than an owner's range has room for.
                    int beyond = random.nextInt(3) == 0 ? 9 * LeaderEpochs.RANGE : 0;
                    settled.put(
                            id,
                            new Settled(
                                    leaderEpoch - (random.nextInt(9) == 0 ? 1 : 0),
                                    new CopyEnd(
                                            random.nextInt(99),
                                            epoch + beyond,
                                            -1,
                                            random.nextInt(4) > 0),
                                    open()));
                });
        return settled;
    }

    private OpenTransactions open() {
        return random.nextBoolean()
                ? OpenTransactions.NONE
                : OpenTransactions.of(
                        List.of(
                                new OpenTransactions.OpenTransaction(
                                        random.nextInt(3), 0, random.nextInt(9), 1)));
    }

    private Command<?> comparing(MetadataImage image, LinkName link) {
        var steps = new TreeMap<PartitionId, Compared>();
        epochs(image, link)
                .forEach((id, _) -> {
                    int leaderEpoch = image.topics().partition(id).orElseThrow().leaderEpoch();
                    steps.put(
                            id,
                            new Compared(
                                    leaderEpoch - (random.nextInt(9) == 0 ? 1 : 0),
                                    List.of(new TornTransaction(1, 0, -1, random.nextInt(9)))));
                });
        return new CompareMirrorTransactions(link, ownershipEpoch(image, link), steps);
    }

    private Command<?> aborting(MetadataImage image, LinkName link) {
        var steps = new TreeMap<PartitionId, Aborting>();
        epochs(image, link)
                .forEach((id, _) -> {
                    int leaderEpoch = image.topics().partition(id).orElseThrow().leaderEpoch();
                    steps.put(
                            id,
                            new Aborting(
                                    leaderEpoch - (random.nextInt(9) == 0 ? 1 : 0),
                                    open(),
                                    random.nextBoolean()));
                });
        return new AbortMirrorTransactions(link, ownershipEpoch(image, link), steps);
    }

    private TreeMap<PartitionId, Integer> epochs(MetadataImage image, LinkName link) {
        var epochs = new TreeMap<PartitionId, Integer>();
        for (Uuid id : image.links().topicsOf(link)) {
            TopicImage topic = image.topics().topic(id).orElseThrow();
            for (int index = 0; index < topic.partitions().count(); index++) {
                if (random.nextInt(12) > 0) {
                    epochs.put(topic.partitionId(index), random.nextInt(30) - 1);
                }
            }
        }
        return epochs;
    }

    private String name() {
        return NAMES.get(random.nextInt(NAMES.size()));
    }
}
