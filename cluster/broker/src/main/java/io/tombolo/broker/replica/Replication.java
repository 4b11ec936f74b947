package io.tombolo.broker.replica;

import io.tombolo.broker.Images;
import io.tombolo.broker.publish.CopyLimits;
import io.tombolo.broker.quorum.Peer;
import io.tombolo.broker.quorum.PeerChannel;
import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.replication.Partition;
import io.tombolo.replication.fetch.ReplicaFetcher;
import io.tombolo.replication.leader.IsrProposals;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The replication of a broker's partitions: each shard has a feed per leader it follows, and looks
 * after the in-sync replicas of those it leads. Callable on the controller's loop, unless a method
 * says otherwise.
 */
public final class Replication {

    /** The longest pause before a proposal of another ISR is made again. */
    private static final Duration PROPOSAL_PAUSE_MAX = Duration.ofSeconds(1);

    private final Place place;
    private final Images images;
    private final Shards shards;
    private final ReplicaSettings settings;
    private final Environment environment;
    private final Map<Integer, Peer> peers = new TreeMap<>();
    private final List<Followers> followers = new ArrayList<>();
    private final List<ControllerSilence> silences = new ArrayList<>();
    private final Peers region;
    private volatile boolean closed;

    /**
     * Which broker this is.
     *
     * @param others the other brokers of the region
     * @param brokerEpoch of the present registration; callable from any thread
     * @param controllerSilentNanos how long ago the controller answered last; of any thread
     * @param limits how fast replicas may be copied
     */
    public record Place(
            int self,
            List<Peer> others,
            LongSupplier brokerEpoch,
            LongSupplier controllerSilentNanos,
            CopyLimits limits) {}

    public Replication(
            Place place,
            Images images,
            Shards shards,
            ReplicaSettings settings,
            Environment environment,
            IsrProposals proposals) {
        this.place = place;
        this.images = images;
        this.shards = shards;
        this.settings = settings;
        this.environment = environment;
        place.others().forEach(peer -> peers.put(peer.nodeId(), peer));
        this.region =
                new Peers(
                        this::standingOf,
                        proposals,
                        settings.lagMax(),
                        PROPOSAL_PAUSE_MAX,
                        place.limits().lending());
        for (Shard shard : shards.all()) {
            followers.add(new Followers(leader -> feed(shard, leader)));
        }
    }

    /** The rest of the region as the leaders of this broker see it; for any loop. */
    public Peers peers() {
        return region;
    }

    private Optional<Peers.Standing> standingOf(int brokerId) {
        MetadataImage image = images.current();
        return image.brokers()
                .broker(brokerId)
                .map(broker ->
                        new Peers.Standing(
                                broker.brokerEpoch(), image.brokers().mayLead(brokerId)));
    }

    /** Sees to a partition from its first role on; on the loop of the partition. */
    public void watch(Partition partition) {
        followers.get(shards.ownerOf(partition.id()).loop().index()).watch(partition);
    }

    /** Begins to look after the replicas of leaders. */
    public void start() {
        if (!peers.isEmpty()) {
            for (Shard shard : shards.all()) {
                Shards.run(shard.loop(), () -> reviewLater(shard));
                var silence =
                        new ControllerSilence(
                                shard, place.controllerSilentNanos(), settings.session());
                Shards.run(shard.loop(), silence::start);
                silences.add(silence);
            }
        }
    }

    /** This broker is registered anew, so its fetches must carry another epoch. */
    public void registeredAnew() {
        onAll(Followers::restart);
    }

    /** Follows nobody any more. */
    public void close() {
        closed = true;
        silences.forEach(ControllerSilence::close);
        onAll(Followers::close);
    }

    private void onAll(Consumer<Followers> step) {
        for (Shard shard : shards.all()) {
            Followers each = followers.get(shard.loop().index());
            Shards.run(shard.loop(), () -> step.accept(each));
        }
    }

    private Optional<LeaderFeed> feed(Shard shard, int leaderId) {
        Peer peer = peers.get(leaderId);
        if (peer == null) {
            return Optional.empty();
        }
        EventLoop loop = shard.loop();
        var identity = new ReplicaFetcher.Identity(place.self(), place.brokerEpoch().getAsLong());
        var channel =
                new PeerChannel(
                        new PeerChannel.Place(
                                loop,
                                environment.clock(),
                                environment.network(),
                                "broker-%d-fetcher-%d".formatted(place.self(), loop.index())),
                        peer);
        return Optional.of(
                new LeaderFeed(
                        new ReplicaFetcher(
                                settings.fetching(), identity, place.limits().borrowing()),
                        channel,
                        new LeaderFeed.Timing(
                                loop, environment.clock(), settings.answerMax().toNanos())));
    }

    private void reviewLater(Shard shard) {
        shard.loop().schedule(settings.lagMax().toNanos() / 2, () -> review(shard));
    }

    private void review(Shard shard) {
        if (closed) {
            return;
        }
        for (Partition partition : shard.partitions()) {
            boolean several =
                    partition
                            .leadership()
                            .map(Leadership::replicas)
                            .filter(replicas -> replicas.size() > 1)
                            .isPresent();
            if (several) {
                partition.reviewReplicas();
            }
        }
        reviewLater(shard);
    }
}
