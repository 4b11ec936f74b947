package io.tombolo.broker.lease;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.Images;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.Lease;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology.Guarantee;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The place of a broker in the ledger of the sites: its site's voter, if it is the first broker
 * there, and its own leases. Confined to the controller's loop unless a method says otherwise.
 *
 * <p>The voter of a site stays on one broker. When that one dies its site has none, and the other
 * sites agree without it; the brokers of its region go on asking them. What would move the voter
 * along would be the region's own quorum, and two quorums that depend on each other fail together.
 */
public final class LeaseSeat {

    /** Beside the metadata log of the region. */
    private static final String FOLDER = "ownership-ledger";

    private final RegionId region;
    private final Map<Integer, RegionId> sites;
    private final Images images;
    private final Optional<Ledger> ledger;
    private final LeaseKeeper keeper;

    private LeaseSeat(
            BrokerSettings settings,
            Guarantee.Quorum quorum,
            Environment environment,
            Images images,
            SitePost post) {
        this.region = settings.region().id();
        this.sites = voters(settings, quorum);
        this.images = images;
        EventLoop loop = environment.loops().loop(0);
        this.ledger =
                sites.containsKey(settings.nodeId())
                        ? Optional.of(ledger(settings, quorum, environment, post))
                        : Optional.empty();
        this.keeper =
                new LeaseKeeper(
                        new LeaseKeeper.Place(loop, environment.clock(), images),
                        quorum.terms(),
                        new LeaseDuties(settings.topology(), region),
                        new LedgerRoute(
                                loop,
                                sites,
                                (site, question, answered) -> ask(post, site, question, answered)));
    }

    /** The seat of a broker; none where the file leaves ownership to operators. */
    public static Optional<LeaseSeat> of(
            BrokerSettings settings, Environment environment, Images images, SitePost post) {
        return settings.topology().guarantee() instanceof Guarantee.Quorum quorum
                ? Optional.of(new LeaseSeat(settings, quorum, environment, images, post))
                : Optional.empty();
    }

    private static Map<Integer, RegionId> voters(BrokerSettings settings, Guarantee.Quorum quorum) {
        var sites = new TreeMap<Integer, RegionId>();
        for (RegionId site : quorum.sites()) {
            settings.topology()
                    .hosted(site)
                    .ifPresent(hosted -> sites.put(voterOf(hosted).id().value(), site));
        }
        return sites;
    }

    /** The broker with the voter of a site. */
    public static Region.Broker voterOf(Region.Hosted site) {
        return site.brokers().getFirst();
    }

    private Ledger ledger(
            BrokerSettings settings,
            Guarantee.Quorum quorum,
            Environment environment,
            SitePost post) {
        List<Integer> all = List.copyOf(sites.keySet());
        var enrolment =
                new VoterSet.Enrolment(
                        new TreeMap<>(), VoterSet.Versions.SUPPORTED, true, all, all, false);
        var self = new ReplicaKey(settings.nodeId(), new UUID(0, 0));
        EventLoop loop = environment.loops().loop(0);
        return new Ledger(
                new Ledger.Place(loop, environment.clock(), sites),
                quorum.terms(),
                post,
                new RaftNode.Membership(
                        settings.clusterId().toString(), self, VoterSet.UNKNOWN, enrolment, true),
                new RaftNode.Place(
                        loop,
                        environment.clock(),
                        environment.entropy(),
                        environment.offload(),
                        environment.disk(),
                        settings.metadataDirectory().resolve(FOLDER)));
    }

    private void ask(
            SitePost post, RegionId site, byte[] question, Consumer<Optional<byte[]>> answered) {
        if (site.equals(region) && ledger.isPresent()) {
            take(question, answer -> answered.accept(Optional.of(answer)));
        } else {
            post.ask(site, question, answered);
        }
    }

    /** Begins to vote. */
    public void start() {
        ledger.ifPresent(Ledger::start);
    }

    /** The metadata are known: begins to ask for leases. */
    public void begin() {
        keeper.start();
    }

    /** Asks at once for what has come to be this region's. */
    public void publish(MetadataDelta delta) {
        if (!delta.ownership().isEmpty() || !delta.links().isEmpty()) {
            keeper.renew();
        }
    }

    /** Ends; the voter's files are closed when {@code done} is called. */
    public void close(Runnable done) {
        keeper.close();
        ledger.ifPresentOrElse(one -> one.close(done), done);
    }

    /** Takes a question of another broker or voter; empty bytes answer what is none. */
    public void take(byte[] question, Consumer<byte[]> answer) {
        Optional<LedgerWire.Question> asked = LedgerWire.question(question);
        if (asked.isPresent() && ledger.isPresent()) {
            ledger.get().take(asked.get(), answer);
        } else {
            answer.accept(new byte[0]);
        }
    }

    /**
     * What has to be looked at before a write to these domains is taken, or acknowledged; callable
     * from any thread.
     */
    public List<Lease.Hold> holds(MetadataImage image, Set<DomainName> domains) {
        return keeper.holds(image, domains);
    }

    /** The same of all that this region writes to. */
    public List<Lease.Hold> holds(MetadataImage image) {
        return keeper.holds(image);
    }

    /** What this broker may write to now. */
    public List<DomainName> held() {
        return keeper.held(images.current());
    }

    /** Hears what became of a claim; one of these, on the loop. */
    public interface Claimant {

        /** Nobody else writes any more, nor will. */
        void given();

        /** Another owner is known to the ledger under this or a later epoch. */
        void movedOn(Holding holding);

        /** It cannot be had, because of this. */
        void refused(String reason);
    }

    /** Takes a domain over under an epoch, once the lease of whoever has it has run out. */
    public void claim(DomainName domain, long epoch, Claimant claimant) {
        keeper.claim(
                domain,
                region,
                epoch,
                claimed -> {
                    switch (claimed) {
                        case LeaseKeeper.Claimed.Given() -> claimant.given();
                        case LeaseKeeper.Claimed.MovedOn(Holding holding) ->
                                claimant.movedOn(holding);
                        case LeaseKeeper.Claimed.Renewed(RegionId holder) ->
                                claimant.refused(
                                        ("region %s goes on renewing its lease: it lives, and takes"
                                                        + " writes; stop it, or use --planned")
                                                .formatted(holder));
                        case LeaseKeeper.Claimed.NoMajority() ->
                                claimant.refused(
                                        "no majority of the sites %s answers; without it nobody may write"
                                                .formatted(sites.values()));
                    }
                });
    }
}
