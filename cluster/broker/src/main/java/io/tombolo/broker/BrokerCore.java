package io.tombolo.broker;

import io.tombolo.broker.drain.DrainDesk;
import io.tombolo.broker.group.GroupConfigs;
import io.tombolo.broker.group.GroupMarkers;
import io.tombolo.broker.group.GroupTimes;
import io.tombolo.broker.group.ImageTopics;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.broker.group.OffsetsLeadership;
import io.tombolo.broker.group.QuietGroups;
import io.tombolo.broker.lease.LeaseSeat;
import io.tombolo.broker.link.FailoverDesk;
import io.tombolo.broker.link.FailoverRun;
import io.tombolo.broker.link.LinkPlace;
import io.tombolo.broker.link.LinkSupervisor;
import io.tombolo.broker.link.Ports;
import io.tombolo.broker.link.Takeovers;
import io.tombolo.broker.publish.CopyLimits;
import io.tombolo.broker.publish.DirectoryReports;
import io.tombolo.broker.publish.Domains;
import io.tombolo.broker.publish.PartitionNews;
import io.tombolo.broker.publish.PartitionPublisher;
import io.tombolo.broker.publish.StrayLogs;
import io.tombolo.broker.quorum.IsrQueue;
import io.tombolo.broker.quorum.LogSizes;
import io.tombolo.broker.replica.ReplicaSettings;
import io.tombolo.broker.replica.Replication;
import io.tombolo.broker.replica.UncleanLeaders;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.cluster.ProducerIds;
import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.transaction.MovedProducers;
import io.tombolo.broker.transaction.Transactions;
import io.tombolo.broker.voter.Voters;
import io.tombolo.controller.ActiveController;
import io.tombolo.controller.MetadataListener;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.coordinator.group.entry.GroupAdministration;
import io.tombolo.coordinator.group.entry.GroupCoordinator;
import io.tombolo.coordinator.group.entry.GroupPorts;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.protocol.ServedApis;
import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.replication.Partition;
import io.tombolo.storage.cleaner.LogCleaner;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.LogDirectory;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The parts of a running broker and how they are wired; nothing here decides. Confined to the
 * controller's loop unless a method says otherwise.
 */
public final class BrokerCore implements MetadataListener {

    private final BrokerSettings settings;
    private final EventLoop loop;
    private final Clock clock;
    private final BrokerObserver observer;
    private final LogDirectories directories;
    private final DirectoryReports reports;
    private final Shards shards;
    private final ActiveController controller;
    private final QuorumSeat quorum;
    private final Commands commands;
    private final GroupCoordinator groups;
    private final ProducerIds producerIds;
    private final Transactions transactions;
    private final CopyLimits copyLimits;
    private final Replication replication;
    private final UncleanLeaders uncleanLeaders;
    private final Optional<LeaseSeat> leases;
    private final PartitionPublisher partitions;
    private final LinkSupervisor links;
    private final FailoverDesk failover;
    private final Takeovers takeovers;
    private final OwnershipExchange exchange;
    private final DrainDesk drains;
    private final Registration registration;
    private final Departure departure;
    private final TopologyReconciler reconciler;
    private final Housekeeping housekeeping;
    private final RequestDispatcher dispatcher;
    private final Optional<RequestDispatcher> internalDispatcher;
    private final LongAdder hintsGiven = new LongAdder();
    private final Images images = new Images();
    private final Map<Uuid, TopicImage> deletedInReplay = new TreeMap<>();
    private volatile long controllerHeardNanos;
    private boolean caughtUp;
    private Broker.Stages stages = Broker.Stages.UNHEARD;

    BrokerCore(
            BrokerSettings settings,
            Environment environment,
            Broker.Surroundings surroundings,
            LogDirectories directories,
            Shards shards,
            BrokerObserver observer) {
        this.settings = settings;
        this.loop = environment.loops().loop(0);
        this.clock = environment.clock();
        this.observer = observer;
        this.directories = directories;
        this.shards = shards;
        var config = new LiveConfig(images, settings);
        this.controller = controller(environment, config);
        this.quorum = quorumSeat(environment);
        this.commands = quorum.commands();
        this.groups = groups(environment, config);
        this.producerIds =
                new ProducerIds(commands, loop, settings.id().value(), this::brokerEpoch);
        this.transactions = transactions(environment);
        this.copyLimits = new CopyLimits(settings.id().value(), clock);
        this.replication = replication(environment);
        this.uncleanLeaders =
                new UncleanLeaders(settings.id().value(), shards, loop, observer::uncleanLeaders);
        this.reports =
                new DirectoryReports(settings.id().value(), this::brokerEpoch, commands, loop);
        this.leases = LeaseSeat.of(settings, environment, images, surroundings.sites());
        this.partitions = partitionPublisher(environment, config);
        int id = settings.id().value();
        var place = new LinkPlace(settings.topology(), settings.region().id(), id, loop);
        this.links = linkSupervisor(place, environment, surroundings);
        this.failover = failoverDesk(place, surroundings);
        this.takeovers = takeovers(place, environment);
        this.exchange = exchange(surroundings);
        this.drains = drainDesk();
        this.reconciler = new TopologyReconciler(settings, images, commands, loop);
        this.registration = registration(environment);
        this.departure = departure();
        this.housekeeping = Housekeeping.of(config, directories, shards, environment, observer);
        directories.onOffline(loop, this::directoryOffline);
        var handlers = new Handlers(settings, environment, images, config, shards, commands);
        var services = services(environment, surroundings);
        this.dispatcher = complete(handlers.dispatcher(services));
        this.internalDispatcher =
                quorum.internal(
                                handlers.quorum(services),
                                ServedApis.internalListener(),
                                handlers.replicaFetch())
                        .map(dispatcher -> handlers.addReplicas(dispatcher, services))
                        .map(BrokerCore::complete);
    }

    private ActiveController controller(Environment environment, LiveConfig config) {
        return new ActiveController(
                new ActiveController.Place(
                        settings.id().value(), loop, clock, environment.entropy()),
                ControllerConfigs.settings(settings),
                new ConfigRules(config),
                this);
    }

    private DrainDesk drainDesk() {
        var sizes = new LogSizes(settings.id().value(), shards, loop, quorum.peers());
        return new DrainDesk(commands, images, sizes, loop, clock);
    }

    private PartitionPublisher partitionPublisher(Environment environment, LiveConfig config) {
        var domains = new Domains(settings.topology(), settings.region().id());
        return new PartitionPublisher(
                new PartitionPublisher.Place(settings.id().value(), domains, leases),
                shards,
                directories,
                new TopicConfigs(config),
                loop -> new Partition.Surroundings(loop, environment.clock(), replication.peers()),
                new PartitionPublisher.Audience(
                        this::hosted,
                        this::partitionOffline,
                        new PartitionNews(loop, observer),
                        reports::tell,
                        copyLimits.moving()));
    }

    private Departure departure() {
        return new Departure(
                new Departure.Place(settings.id().value(), loop, clock),
                registration,
                images,
                new Departure.Ports(
                        hintsGiven::sum, quorum::controllerPossible, observer::handingOver));
    }

    private Replication replication(Environment environment) {
        int id = settings.id().value();
        return new Replication(
                new Replication.Place(
                        id,
                        QuorumSeat.others(settings),
                        this::brokerEpoch,
                        this::controllerSilentNanos,
                        copyLimits),
                images,
                shards,
                ReplicaSettings.of(settings.config()),
                environment,
                new IsrQueue(
                        new IsrQueue.Place(id, this::brokerEpoch, loop, shards::loopOf), commands));
    }

    private void hosted(Partition partition) {
        replication.watch(partition);
        TopicPartition name = partition.id().topicPartition();
        partition.onDiscarded(
                records -> loop.execute(() -> discarded(new UncleanLeaders.Lost(name, records))));
        new OffsetsLeadership(groups).watch(partition);
        transactions.watch(partition);
    }

    private void discarded(UncleanLeaders.Lost lost) {
        uncleanLeaders.discarded(lost);
        observer.recordsDiscarded(lost);
    }

    private long brokerEpoch() {
        return registration.brokerEpoch();
    }

    private QuorumSeat quorumSeat(Environment environment) {
        return new QuorumSeat(
                settings,
                environment,
                new Voters.Past(directories.metadata().directoryId(), directories.holdLogs()),
                controller,
                images,
                new QuorumSeat.Watcher() {
                    @Override
                    public void controllerChanged() {
                        BrokerCore.this.controllerChanged();
                    }

                    @Override
                    public void waiting(String reason) {
                        observer.waiting(reason);
                    }

                    @Override
                    public void room(Room room) {
                        observer.metadataRoom(room);
                    }

                    @Override
                    public void refused(Refusal refusal) {
                        observer.refused(refusal);
                    }
                });
    }

    private Takeovers takeovers(LinkPlace place, Environment environment) {
        var tools = new Takeovers.Tools(shards, groups.links(), commands, environment);
        return new Takeovers(place, images, links, tools);
    }

    private OwnershipExchange exchange(Broker.Surroundings surroundings) {
        var told =
                new OwnershipExchange.Told(links, surroundings.peers(), surroundings.standings());
        return new OwnershipExchange(
                settings, surroundings.registry(), images, told, commands, loop);
    }

    private FailoverDesk failoverDesk(LinkPlace place, Broker.Surroundings surroundings) {
        return new FailoverDesk(
                place,
                images,
                links,
                surroundings.registry(),
                new FailoverRun.Tools(images, commands, clock, leases));
    }

    private void controllerChanged() {
        if (caughtUp) {
            links.controllerChanged();
        }
    }

    private void partitionOffline(TopicIdPartition id, Exception cause) {
        loop.execute(() -> observer.partitionOffline(id.topicPartition(), cause));
    }

    private LinkSupervisor linkSupervisor(
            LinkPlace place, Environment environment, Broker.Surroundings surroundings) {
        var ports =
                new Ports(
                        place,
                        shards,
                        images,
                        commands,
                        groups.links(),
                        surroundings.peers(),
                        environment);
        return new LinkSupervisor(
                place,
                surroundings.links(),
                entry -> ports.hostOf(entry, surroundings.linkNetwork()),
                images);
    }

    private Handlers.Services services(Environment environment, Broker.Surroundings surroundings) {
        return new Handlers.Services(
                quorum.raft(),
                groups,
                transactions,
                producerIds,
                quorum.forwarding(),
                new Handlers.Replicas(partitions, directories),
                surroundings.redirection(settings, environment, images),
                hintsGiven);
    }

    private static RequestDispatcher complete(RequestDispatcher dispatcher) {
        Invariant.check(
                dispatcher.unhandled().isEmpty(), "no handler for " + dispatcher.unhandled());
        return dispatcher;
    }

    private GroupCoordinator groups(Environment environment, LiveConfig config) {
        var offsets =
                new InternalTopic(InternalTopic.OFFSETS, images, shards, environment.offload());
        return new GroupCoordinator(
                GroupConfigs.settings(config.get()),
                new GroupPorts(
                        environment.loops(),
                        offsets::ownerOf,
                        environment.clock(),
                        environment.entropy(),
                        offsets,
                        new ImageTopics(images),
                        new GroupTimes(images, config),
                        new QuietGroups()));
    }

    private Transactions transactions(Environment environment) {
        var parts =
                new Transactions.Parts(
                        settings.id().value(),
                        this::brokerEpoch,
                        images,
                        shards,
                        quorum.peers(),
                        producerIds::take,
                        new MovedProducers(settings.region().producerIds(), images),
                        new GroupMarkers(groups)::mark,
                        observer::commitLost);
        return new Transactions(parts, environment, settings.config());
    }

    private void directoryOffline(LogDirectory offline) {
        observer.directoryOffline(offline.path(), offline.failure().orElseThrow());
        registration.tell();
    }

    private Registration registration(Environment environment) {
        Registration.Identity identity =
                Registration.identity(settings, directories, environment.entropy());
        return new Registration(
                identity,
                commands,
                images,
                loop,
                Duration.ofMillis(settings.config().number("broker.heartbeat.interval.ms")),
                new Registration.Steps(
                        this::catchUp,
                        this::admitted,
                        () -> controllerHeardNanos = clock.nanoTime(),
                        then -> shards.settled(loop, then),
                        reason ->
                                observer.failed(
                                        "the region refuses this broker: " + reason,
                                        StartRefused.Fix.RELEASE)));
    }

    void start(Broker.Stages heard) {
        stages = heard;
        quorum.start();
        leases.ifPresent(LeaseSeat::start);
        registration.register();
        housekeeping.start();
        replication.start();
    }

    /** The client listener is open: the controller may send clients here. */
    void accept() {
        registration.accept();
    }

    private void admitted() {
        reconciler.reconcile(() -> stages.admitted().run());
    }

    @Override
    public void published(MetadataDelta delta) {
        images.publish(delta.after());
        quorum.published(delta.after().place().offset());
        if (caughtUp) {
            carryOut(delta);
        } else {
            // The log of the past: only what became of it in the end may touch what is on disk.
            deletedInReplay.putAll(delta.topicsDeleted());
        }
    }

    /** The controller has taken the registration, so all that was decided before it is known. */
    private void catchUp() {
        if (!caughtUp) {
            caughtUp = true;
            partitions.sweep(deletedInReplay.values());
            deletedInReplay.clear();
            carryOut(MetadataDelta.between(MetadataImage.EMPTY, images.current()));
            removeStrays();
            leases.ifPresent(LeaseSeat::begin);
            failover.finishWhatWasBegun();
            exchange.start();
            shards.settled(loop, () -> stages.loaded().run());
        } else {
            replication.registeredAnew();
        }
    }

    private void removeStrays() {
        StrayLogs found = StrayLogs.in(directories, images.current(), settings.id().value());
        if (!found.strays().isEmpty()) {
            observer.strayLogs(found);
            partitions.sweep(found);
        }
    }

    private void carryOut(MetadataDelta delta) {
        if (!delta.ownership().isEmpty()) {
            exchange.announce();
        }
        copyLimits.publish(delta);
        partitions.publish(delta);
        leases.ifPresent(seat -> seat.publish(delta));
        uncleanLeaders.publish(delta);
        for (TopicImage deleted : delta.topicsDeleted().values()) {
            groups.topicDeleted(deleted.name(), deleted.id());
        }
        links.publish(delta);
        takeovers.publish(delta);
    }

    @Override
    public void failed(Exception cause) {
        observer.failed("the metadata log failed: " + cause, StartRefused.Fix.METADATA_DISK);
    }

    /** Hands a command to the active controller; callable from any thread. */
    public <A> void submit(Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
        commands.submit(command, replyTo, answered);
    }

    /** Counts the groups that are coordinated here; answered on the loop. */
    public void countGroups(Consumer<GroupAdministration.Counts> answer) {
        groups.administration().count(loop, answer);
    }

    /** How many other regions have told who owns what since this broker started. */
    int regionsHeard() {
        return exchange.heardCount();
    }

    /**
     * How long ago the controller last answered a heartbeat of this broker; meaningless before it
     * was admitted. Callable from any thread.
     */
    public long controllerSilentNanos() {
        return clock.nanoTime() - controllerHeardNanos;
    }

    RequestDispatcher dispatcher() {
        return dispatcher;
    }

    /** What answers other brokers; empty when this one is alone. */
    Optional<RequestDispatcher> internalDispatcher() {
        return internalDispatcher;
    }

    public BrokerSettings settings() {
        return settings;
    }

    /** The newest metadata; callable from any thread. */
    public Images images() {
        return images;
    }

    /** The partitions; callable from any thread. */
    public Shards shards() {
        return shards;
    }

    public LinkSupervisor links() {
        return links;
    }

    public FailoverDesk failover() {
        return failover;
    }

    public Takeovers takeovers() {
        return takeovers;
    }

    public UncleanLeaders uncleanLeaders() {
        return uncleanLeaders;
    }

    /** What compaction does and cannot do; callable from any thread. */
    public LogCleaner.Standing compaction() {
        return housekeeping.compaction();
    }

    /** The leases of this broker; none where the file leaves ownership to operators. */
    public Optional<LeaseSeat> leases() {
        return leases;
    }

    public DrainDesk drains() {
        return drains;
    }

    public RaftStatus quorum() {
        return quorum.raft().status();
    }

    /** This broker as a replica of the metadata log. */
    public ReplicaKey replica() {
        return quorum.raft().self();
    }

    /** Takes the vote of a replica, if the quorum is led here. */
    public void removeVoter(
            ReplicaKey voter, Duration timeout, Consumer<VoterChange.Outcome> answer) {
        quorum.raft().removeVoter(voter, timeout, answer);
    }

    /** Who owns what has been asked: writes that waited for the answer are let in or refused. */
    void ownersKnown() {
        partitions.ownersKnown(images.current());
    }

    /**
     * Has what is led here given to others while this broker serves on.
     *
     * @param then called when nothing is left to hand over, or the time is up
     */
    void handOver(Duration patience, Runnable then) {
        if (quorum.several() && settings.config().flag("controlled.shutdown.enable")) {
            departure.begin(patience, then);
        } else {
            then.run();
        }
    }

    /** What a handover that is under way, or has run out of time, has left; any thread. */
    String notHandedOver() {
        return departure.remaining();
    }

    void close(Runnable done) {
        registration.stop();
        reconciler.stop();
        exchange.stop();
        housekeeping.stop();
        failover.close();
        takeovers.close();
        links.close();
        transactions.close();
        replication.close();
        partitions.close();
        reports.close();
        controller.close();
        Runnable logs = () -> housekeeping.close(registration.brokerEpoch(), done);
        Runnable metadata = () -> quorum.close(logs);
        leases.ifPresentOrElse(seat -> seat.close(metadata), metadata);
    }
}
