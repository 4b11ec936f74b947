package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.BrokerCommand.ContinueDrain;
import io.tombolo.controller.command.BrokerCommand.DrainBroker;
import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.RegionCommand.FormatRegion;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.AlterReassignments;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders.Scope;
import io.tombolo.controller.command.ReplicaCommand.ElectLeaders;
import io.tombolo.controller.command.ReplicaCommand.Election;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.DeleteTopics;
import io.tombolo.controller.command.TopicCommand.TopicKey;
import io.tombolo.controller.replica.DrainPlan;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;

/** One history of a region of model brokers, from a seed. */
final class ReplicaHistory {

    private static final SafetyRules RULES = new SafetyRules(1, false);

    private final Random random;
    private final Decider decider;
    private final ModelBrokers model;
    private final ReplicaLaws laws;
    private final Circumstances circumstances;
    private final Map<String, Integer> seen;
    private final List<AlterPartitions> refused = new ArrayList<>();
    private MetadataImage image = MetadataImage.EMPTY;

    /**
     * @param seen counts what happened, so that a run can show that it was worth something
     */
    ReplicaHistory(
            long seed,
            Decider decider,
            Predicate<MetadataRecord> keptInSnapshots,
            Map<String, Integer> seen) {
        this.random = new Random(seed);
        this.decider = decider;
        this.seen = seen;
        this.model = new ModelBrokers(3 + random.nextInt(3), random);
        this.laws = new ReplicaLaws(model, keptInSnapshots);
        this.circumstances = new Circumstances(new SeededEntropy(seed), this::live);
        submit(new FormatRegion());
        model.processes.keySet().forEach(this::start);
        submit(setMinInSync(ConfigResource.allBrokers(), 2));
        create();
    }

    MetadataImage image() {
        return image;
    }

    void step() {
        switch (random.nextInt(30)) {
            case 0 -> stop();
            case 1, 2, 3 -> start(anyBroker());
            case 4, 5 -> fenceTheSilent();
            case 6 -> shutDown(anyBroker(), random.nextInt(4) == 0);
            case 7 -> administer();
            case 8 -> image = laws.throughSnapshot(image);
            case 9 -> submit(new BalanceLeaders(1 + random.nextInt(3), Scope.PREFERRED));
            case 10 -> submit(new BalanceLeaders(1 + random.nextInt(3), Scope.LEADERLESS));
            case 11 -> reassign();
            case 12, 13, 14, 15 -> partition().ifPresent(this::follow);
            case 16, 17, 18, 19 -> partition().ifPresent(this::propose);
            case 20 -> drain();
            case 23, 24 -> deliverLate();
            case 25 -> missHeartbeats(anyBroker());
            case 21, 22 -> carryOnDraining();
            default -> partition().ifPresent(this::produce);
        }
        laws.check(image);
    }

    /** Everybody comes back; then every partition that anybody may lead is led. */
    void heal() {
        for (int round = 0; round < 3; round++) {
            image.brokers().byId().values().stream()
                    .filter(BrokerRegistration::shuttingDown)
                    .forEach(broker -> shutDown(broker.brokerId(), true));
            fenceTheSilent();
            model.processes.keySet().forEach(this::start);
            laws.check(image);
        }
        for (PartitionId id : image.topics().leaderless().ids()) {
            PartitionRegistration partition = image.topics().partition(id).orElseThrow();
            boolean nobodySafe =
                    partition.isr().isEmpty()
                            && partition.elr().isEmpty()
                            && !partition.replicas().hasAll(partition.lastKnownElr());
            ReplicaLaws.require(nobodySafe, "a healed region leads its partitions", partition);
        }
        empty();
    }

    /** Whatever can be moved off the brokers that are to be emptied is, in the end. */
    private void empty() {
        for (int round = 0; round < 60 && !image.brokers().drains().isEmpty(); round++) {
            carryOnDraining();
            for (PartitionId id : image.topics().reassigning().ids()) {
                follow(id);
                propose(id);
                laws.check(image);
            }
        }
        for (int broker : image.brokers().drains().keySet()) {
            DrainPlan.Progress progress = DrainPlan.of(broker, 100, image).progress();
            ReplicaLaws.require(
                    progress.replicaCount() == progress.stuck().size(),
                    "a healed region empties brokers as far as there is room",
                    progress);
        }
    }

    private void drain() {
        Drain.Goal goal = Drain.Goal.values()[random.nextInt(3)];
        int broker = anyBroker();
        submit(new DrainBroker(broker, new Drain(goal, "why")));
        if (goal == Drain.Goal.NONE) {
            for (PartitionId id : image.topics().reassigning().ids()) {
                PartitionRegistration now = image.topics().partition(id).orElseThrow();
                boolean addedAreAllThereIs = now.adding().hasAll(now.isr());
                ReplicaLaws.require(
                        addedAreAllThereIs
                                || !now.removing().has(broker)
                                || image.brokers().broker(broker).isEmpty(),
                        "nothing moves away from a broker that keeps its replicas",
                        now);
            }
        }
    }

    private void carryOnDraining() {
        for (int broker : List.copyOf(image.brokers().drains().keySet())) {
            var before = new HashMap<Integer, Integer>();
            image.brokers().drains().keySet().forEach(each -> before.put(each, replicasOn(each)));
            submit(new ContinueDrain(broker, 1 + random.nextInt(3)));
            before.forEach((each, count) ->
                    ReplicaLaws.require(
                            replicasOn(each) <= count,
                            "a drain gives nothing to brokers that are to be emptied",
                            each));
            if (image.brokers().broker(broker).isEmpty()) {
                count("left the region");
            }
        }
    }

    private int replicasOn(int broker) {
        return image.topics().replicasOn(broker).size();
    }

    private boolean live(int broker) {
        return model.process(broker).up;
    }

    private <A> Answer<A> submit(Command<A> command) {
        ControllerResult<A> result = decider.handle(command, image, circumstances);
        for (List<MetadataRecord> batch : result.batches()) {
            List<MetadataRecord> read =
                    batch.stream()
                            .map(MetadataRecordCodec::encode)
                            .map(MetadataRecordCodec::decode)
                            .toList();
            var place = new LogPlace(image.place().offset() + read.size(), 1);
            MetadataImage.Applied applied = image.apply(read, place);
            image = applied.image();
            laws.check(applied.delta());
            applied.delta().uncleanElections().forEach(_ -> count("unclean election"));
        }
        if (result.answer() instanceof Answer.Done<A> && !result.batches().isEmpty()) {
            count(command.getClass().getSimpleName());
        }
        return result.answer();
    }

    private void start(int broker) {
        ModelBrokers.Process process = model.process(broker);
        if (!process.up) {
            process.incarnation++;
            MetadataImage before = image;
            boolean clean =
                    before.brokers()
                            .broker(broker)
                            .filter(one -> one.brokerEpoch() == process.cleanEpoch)
                            .isPresent();
            if (!clean) {
                laws.tailsLost(broker, before);
            }
            Answer<Long> answer =
                    submit(
                            Region.registration(
                                    broker,
                                    new Uuid(broker, process.incarnation),
                                    process.cleanEpoch));
            process.epoch = answer instanceof Answer.Done<Long>(Long epoch) ? epoch : -1;
            process.cleanEpoch = -1;
            process.up = true;
            count(clean ? "clean start" : "unclean start");
        }
        submit(new HeartbeatBroker(broker, process.epoch, Long.MAX_VALUE, false, false));
    }

    private void stop() {
        int broker = anyBroker();
        if (model.process(broker).up) {
            if (random.nextBoolean()) {
                model.stopCleanly(broker);
            } else {
                model.stopUncleanly(broker);
            }
        }
    }

    /** A broker lives and is not heard of for a session; it goes on as the same process. */
    private void missHeartbeats(int broker) {
        image.brokers()
                .broker(broker)
                .filter(one -> live(broker))
                .ifPresent(one -> submit(new FenceBroker(broker, one.brokerEpoch())));
    }

    /** What it does until it may go; {@code atOnce} when it has waited for long enough. */
    private void shutDown(int broker, boolean atOnce) {
        if (!model.process(broker).up) {
            return;
        }
        Answer<BrokerState> answer =
                submit(
                        new HeartbeatBroker(
                                broker, model.process(broker).epoch, Long.MAX_VALUE, atOnce, true));
        if (answer instanceof Answer.Done<BrokerState>(var state) && state.shouldShutDown()) {
            model.stopCleanly(broker);
            count("controlled shutdown");
        }
    }

    private void fenceTheSilent() {
        for (int broker : model.processes.keySet()) {
            if (!model.process(broker).up) {
                image.brokers()
                        .broker(broker)
                        .ifPresent(one -> submit(new FenceBroker(broker, one.brokerEpoch())));
            }
        }
    }

    private void administer() {
        switch (random.nextInt(5)) {
            case 0 -> create();
            case 1 ->
                    topic().filter(_ -> random.nextInt(3) == 0)
                            .ifPresent(topic ->
                                    submit(
                                            new DeleteTopics(
                                                    List.of(new TopicKey.ById(topic.id())))));
            case 2 ->
                    topic().ifPresent(topic ->
                            submit(
                                    setMinInSync(
                                            ConfigResource.topic(topic.name()),
                                            1 + random.nextInt(3))));
            case 3 -> submit(new ElectLeaders(Election.PREFERRED, Optional.empty()));
            default -> {
                if (random.nextInt(4) == 0) {
                    submit(new ElectLeaders(Election.UNCLEAN, Optional.empty()));
                }
            }
        }
    }

    private void create() {
        int factor = 1 + random.nextInt(3);
        submit(
                new CreateTopics(
                        List.of(
                                Region.topic(
                                        "t" + random.nextInt(4), 1 + random.nextInt(3), factor)),
                        false));
    }

    private static IncrementalAlterConfigs setMinInSync(ConfigResource resource, int min) {
        return new IncrementalAlterConfigs(
                List.of(
                        new Alteration(
                                resource,
                                List.of(new Change.Set("min.insync.replicas", "" + min)))),
                Origin.CLIENT,
                false);
    }

    private void reassign() {
        var targets = new LinkedHashMap<TopicPartition, Optional<List<Integer>>>();
        switch (random.nextInt(4)) {
            case 0 ->
                    image.topics().reassigning().ids().stream()
                            .limit(1)
                            .forEach(id -> targets.put(name(id), Optional.empty()));
            case 1 ->
                    DrainPlan.of(anyBroker(), 2, image)
                            .moves()
                            .forEach(
                                    (id, replicas) -> targets.put(name(id), Optional.of(replicas)));
            default -> partition().ifPresent(id -> targets.put(name(id), Optional.of(brokers())));
        }
        submit(new AlterReassignments(targets, true));
        targets.forEach((name, target) -> {
            PartitionRegistration now = image.topics().partition(id(name)).orElseThrow();
            if (target.isEmpty() && !now.reassigning()) {
                ReplicaLaws.require(
                        now.adding().isEmpty() && now.removing().isEmpty(),
                        "a cancelled reassignment leaves nothing to add or remove",
                        now);
                count("cancelled");
            }
        });
    }

    /** A follower that runs fetches everything. */
    private void follow(PartitionId id) {
        PartitionRegistration partition = image.topics().partition(id).orElseThrow();
        if (model.serving(partition, image)) {
            for (int replica : partition.replicas().asList()) {
                boolean registered =
                        image.brokers()
                                .broker(replica)
                                .filter(one -> one.brokerEpoch() == model.process(replica).epoch)
                                .isPresent();
                if (replica != partition.leader()
                        && model.process(replica).up
                        && registered
                        && random.nextInt(4) > 0) {
                    model.fetch(id, partition, replica);
                }
            }
        }
    }

    /** The leader proposes those that it believes to be in sync, or fewer. */
    private void propose(PartitionId id) {
        PartitionRegistration partition = image.topics().partition(id).orElseThrow();
        if (!model.serving(partition, image)) {
            return;
        }
        int leader = partition.leader();
        var members = new ArrayList<Member>();
        members.add(new Member(leader, model.process(leader).epoch));
        boolean shrinks = random.nextInt(3) == 0;
        for (int replica : partition.replicas().asList()) {
            long epoch = model.caughtUpUnder(id, partition, replica);
            if (replica != leader && epoch >= 0 && !(shrinks && random.nextBoolean())) {
                members.add(new Member(replica, epoch));
            }
        }
        var proposal =
                new Proposal(
                        id,
                        partition.leaderEpoch(),
                        partition.partitionEpoch() - (random.nextInt(9) == 0 ? 1 : 0),
                        members,
                        LeaderRecovery.RECOVERED);
        List<Integer> honest =
                members.stream()
                        .filter(one -> one.brokerEpoch() == model.process(one.brokerId()).epoch)
                        .map(Member::brokerId)
                        .toList();
        honest.forEach(member -> laws.proposed(id, member));
        var command = new AlterPartitions(leader, model.process(leader).epoch, List.of(proposal));
        if (submit(command) instanceof Answer.Done<Map<PartitionId, Answer<PartitionState>>>(var it)
                && it.get(id) instanceof Answer.Done<PartitionState>) {
            honest.forEach(member -> laws.joined(id, member));
            ReplicaLaws.reassignmentsEnd(image.topics().partition(id).orElseThrow());
        } else {
            refused.add(command);
        }
        laws.proposalsDecided();
    }

    /** A connection that was given up delivers what was held up on it. */
    private void deliverLate() {
        if (refused.isEmpty()) {
            return;
        }
        AlterPartitions late =
                refused.get(refused.size() - 1 - random.nextInt(Math.min(3, refused.size())));
        boolean accepted =
                submit(late)
                                instanceof
                                Answer.Done<Map<PartitionId, Answer<PartitionState>>>(var answers)
                        && answers.values().stream().anyMatch(Answer.Done.class::isInstance);
        ReplicaLaws.require(!accepted, "a refused proposal is never carried out", late);
    }

    private void produce(PartitionId id) {
        PartitionRegistration partition = image.topics().partition(id).orElseThrow();
        if (model.serving(partition, image)) {
            String topic = image.topics().topic(id.topicId()).orElseThrow().name();
            model.produce(id, partition, image, RULES.of(topic, image).inSyncMin());
        }
    }

    private Optional<TopicImage> topic() {
        List<TopicImage> topics = List.copyOf(image.topics().byId().values());
        return topics.isEmpty()
                ? Optional.empty()
                : Optional.of(topics.get(random.nextInt(topics.size())));
    }

    private Optional<PartitionId> partition() {
        return topic().map(topic -> topic.partitionId(random.nextInt(topic.partitions().count())));
    }

    private TopicPartition name(PartitionId id) {
        return new TopicPartition(
                image.topics().topic(id.topicId()).orElseThrow().name(), id.index());
    }

    private PartitionId id(TopicPartition name) {
        return image.topics().topic(name.topic()).orElseThrow().partitionId(name.partition());
    }

    private List<Integer> brokers() {
        return List.copyOf(
                new TreeSet<>(
                        random.ints(1 + random.nextInt(3), 1, model.processes.size() + 1)
                                .boxed()
                                .toList()));
    }

    private int anyBroker() {
        return 1 + random.nextInt(model.processes.size());
    }

    private void count(String event) {
        seen.merge(event, 1, Integer::sum);
    }
}
