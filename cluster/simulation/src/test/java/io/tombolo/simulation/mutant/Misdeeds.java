package io.tombolo.simulation.mutant;

import io.tombolo.broker.shard.Shard;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.simulation.law.SiteWatch;
import io.tombolo.simulation.law.TransactionWatch;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a broken variant does while the world goes on; a sound one does nothing. */
public final class Misdeeds implements SiteWatch.Reported {

    private static final Place VICTIM = new Place("orders", 0);
    private static final int LEADER_EPOCH_AT = 15;

    private final Variant variant;
    private final List<Site> sites;
    private final ReplicaMisdeeds replicas;
    private final Set<Shard> beingOpened = new HashSet<>();
    private final Set<Partition> forgetful = new HashSet<>();
    private MetadataImage early = MetadataImage.EMPTY;
    private long sizeBytes;
    private int epoch = -1;

    public Misdeeds(Variant variant, List<Site> sites) {
        this.variant = variant;
        this.sites = sites;
        this.replicas = new ReplicaMisdeeds(variant, sites.getFirst());
    }

    @Override
    public int term(int seen) {
        return variant == Variant.TERMS_ARE_REPORTED_LOW ? seen / 2 : seen;
    }

    @Override
    public long logEnd(long seen) {
        return variant == Variant.LOGS_OF_CONTROLLERS_ARE_REPORTED_SHORT ? seen / 2 : seen;
    }

    @Override
    public long committed(long seen) {
        return variant == Variant.CONTROLLERS_COMMIT_MORE ? seen + 1000 : seen;
    }

    @Override
    public long lostFrom(long told) {
        return variant == Variant.LOSSES_ARE_TOLD_SHORT ? told + 100 : told;
    }

    @Override
    public Divergence divergence(Divergence told) {
        return variant != Variant.DIVERGENCES_ARE_TOLD_SHORT || told.recordCount() == 0
                ? told
                : new Divergence(
                        told.cutOffset(),
                        told.fromOffset(),
                        told.toOffset(),
                        told.recordCount() - 1,
                        told.bytes(),
                        told.firstTimestampMs(),
                        told.lastTimestampMs());
    }

    @Override
    public List<Reign> lineage(List<Reign> told) {
        return variant != Variant.REIGNS_ARE_TOLD_LATE
                ? told
                : told.stream().map(Misdeeds::later).toList();
    }

    /** One of the region itself. */
    private static Reign later(Reign reign) {
        return reign.startLeaderEpoch() < 0
                ? reign
                : new Reign(
                        reign.ownershipEpoch(),
                        reign.region(),
                        reign.startOffset() + 1,
                        reign.startLeaderEpoch());
    }

    /** What a failover tells that it has torn. */
    public Set<TransactionWatch.Torn> torn(Set<TransactionWatch.Torn> told) {
        return variant == Variant.TORN_TRANSACTIONS_ARE_NOT_TOLD ? Set.of() : told;
    }

    @Override
    public long highWatermark(long highWatermark) {
        boolean lies = variant == Variant.HIGH_WATERMARK_IS_REPORTED_BACK && highWatermark > 20;
        return lies ? highWatermark - highWatermark % 2 : highWatermark;
    }

    /** All is up and copies have begun. */
    public void begun() {
        sites.getLast().core().ifPresent(core -> early = core.images().current());
    }

    /** Before anything is checked. */
    public void afterEvent() {
        if (variant == Variant.OLD_EPOCH_IS_STAMPED) {
            stampOldEpoch(sites.getFirst().machines().getFirst());
        } else if (variant == Variant.FENCE_IS_IGNORED) {
            sites.getFirst().machines().forEach(this::ignoreFence);
        } else if (variant == Variant.PRODUCERS_ARE_FORGOTTEN) {
            sites.getFirst().machines().forEach(this::forgetProducers);
        }
        replicas.afterEvent();
    }

    /** Once in each life of a log, which from then on takes any first sequence. */
    private void forgetProducers(Machine machine) {
        for (Partition partition : machine.partitions()) {
            if (partition.log().endOffset() > 0 && forgetful.add(partition)) {
                partition.log().expireProducers();
            }
        }
    }

    /** Lowers a leader epoch, in a batch that is not the first of its epoch. */
    private void stampOldEpoch(Machine machine) {
        var partition = machine.partition(VICTIM);
        long before = sizeBytes;
        sizeBytes = partition.map(it -> it.log().sizeBytes()).orElse(Long.MAX_VALUE);
        if (partition.isPresent() && sizeBytes > before) {
            int current = partition.get().role().leaderEpoch();
            if (current == epoch && current > 0) {
                flip(machine, before + LEADER_EPOCH_AT, Integer.numberOfTrailingZeros(current));
            }
            epoch = current;
        }
    }

    private static void flip(Machine machine, long position, int bit) {
        var segment = Path.of("/data/broker/orders-0/00000000000000000000.log");
        machine.node().disk().flipBit(segment, position, bit);
    }

    private void ignoreFence(Machine machine) {
        if (machine.core().isEmpty()) {
            return;
        }
        for (Shard shard : machine.core().get().shards().all()) {
            boolean fenced = shard.partitions().stream().anyMatch(Misdeeds::fenced);
            if (fenced && beingOpened.add(shard)) {
                shard.loop()
                        .execute(() -> {
                            beingOpened.remove(shard);
                            shard.partitions().stream()
                                    .filter(Misdeeds::fenced)
                                    .forEach(Misdeeds::open);
                        });
            }
        }
    }

    private static boolean fenced(Partition partition) {
        return partition.role() instanceof Role.Leader(_, Role.WriteAccess.Fenced _);
    }

    private static void open(Partition partition) {
        if (partition.role() instanceof Role.Leader leader) {
            partition.become(new Role.Leader(leader.leadership(), new Role.WriteAccess.Open()));
        }
    }

    /** A process is about to be killed. */
    public void beforeKill(Machine machine) {
        if (variant == Variant.DISK_DAMAGES_WHAT_IT_HOLDS
                && machine.partition(VICTIM).filter(it -> it.log().endOffset() > 0).isPresent()) {
            // Changes the leader epoch of the first batch, which no checksum covers.
            flip(machine, LEADER_EPOCH_AT, 1);
        }
        replicas.beforeEnd(machine);
        if (variant == Variant.KILL_LOSES_THE_PAGE_CACHE) {
            machine.node().losePower();
        }
    }

    /** The power of a machine is about to fail. */
    public void beforePowerLoss(Machine machine) {
        replicas.beforeEnd(machine);
    }

    /** A region has taken over. */
    public void promoted(Site there) {
        if (variant == Variant.LINK_WRITES_AFTER_PROMOTION) {
            there.machines().forEach(Misdeeds::appendPast);
        }
        if (variant == Variant.METADATA_GOES_BACK) {
            there.running().ifPresent(machine -> machine.onLoop(() -> goBack(machine)));
        }
    }

    private void goBack(Machine machine) {
        var core = machine.core();
        if (core.isPresent()) {
            try {
                core.get().published(MetadataDelta.between(core.get().images().current(), early));
            } catch (RuntimeException | AssertionError protest) {
                // What comes of it does not matter: the law is checked next.
            }
        }
    }

    /** Appends as soon as the partitions have heard that they are no mirrors any more. */
    private static void appendPast(Machine machine) {
        if (machine.core().isPresent()) {
            for (Shard shard : machine.core().get().shards().all()) {
                shard.loop().execute(() -> shard.partitions().forEach(Misdeeds::appendPast));
            }
        }
    }

    /** What a link would do that went past the partition. */
    private static void appendPast(Partition partition) {
        if (partition.role() instanceof Role.Leader leader
                && !partition.id().topic().startsWith("__")) {
            long end = partition.log().endOffset();
            var spec = BatchSpec.PLAIN.at(end, leader.leaderEpoch() + 1);
            var batch = new BatchBuilder(spec).append(1, null, ByteBuffer.allocate(1)).build();
            partition.log().appendAsFollower(batch, end);
        }
    }
}
