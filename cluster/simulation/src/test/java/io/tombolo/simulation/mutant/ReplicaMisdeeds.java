package io.tombolo.simulation.mutant;

import io.tombolo.broker.BrokerCore;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.replication.Partition;
import io.tombolo.replication.ReplicaRead;
import io.tombolo.replication.Role;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;
import io.tombolo.storage.segment.CleanStop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What broken variants do to the replicas of a region; a sound one does nothing. */
final class ReplicaMisdeeds {

    private static final Path DATA = Path.of("/data/broker");
    private static final Place VICTIM = new Place("orders", 0);
    private static final int LEADER_EPOCH_AT = 15;

    private final Variant variant;
    private final Site site;
    private final MetadataMisdeeds metadata;
    private final Map<Partition, Role> roles = new HashMap<>();
    private final Map<Machine, Long> sizes = new HashMap<>();
    private boolean rotten;

    ReplicaMisdeeds(Variant variant, Site site) {
        this.variant = variant;
        this.site = site;
        this.metadata = new MetadataMisdeeds(variant, site.machines().getLast());
    }

    /** Before anything is checked. */
    void afterEvent() {
        switch (variant) {
            case FOLLOWER_CUTS_AT_ITS_HIGH_WATERMARK ->
                    site.machines().forEach(this::cutAtHighWatermark);
            case FOLLOWER_CHANGES_EPOCHS -> changeEpoch(site.machines().getLast());
            case FOLLOWER_LEADS_UNASKED -> leadUnasked(site.machines().getLast());
            case FETCHES_ARE_FORGED -> site.machines().forEach(this::forgeFetch);
            case A_FOLLOWER_ROTS -> rotOnce(site.machines().getLast());
            case DISK_ROTS -> site.machines().forEach(this::rot);
            case A_CHANGE_IS_MISSED,
                    OLD_TOPICS_COME_BACK,
                    WHO_LAGS_IS_ELECTED,
                    WHO_IS_IN_SYNC_IS_TAKEN_AWAY ->
                    metadata.afterEvent();
            default -> {}
        }
    }

    /** A bit of a leader's records changes after they were written. */
    private void rot(Machine machine) {
        var partition = machine.partition(VICTIM);
        long size = partition.map(it -> it.log().sizeBytes()).orElse(Long.MAX_VALUE);
        Long before = sizes.put(machine, size);
        boolean leads = partition.filter(it -> it.leadership().isPresent()).isPresent();
        if (leads && before != null && 2_000 < before && before < size) {
            var segment = DATA.resolve("orders-0/00000000000000000000.log");
            machine.node().disk().flipBit(segment, before - 1, 0);
        }
    }

    /** The leader epoch of a record that a follower has had for long changes; no checksum tells. */
    private void rotOnce(Machine machine) {
        var partition = machine.partition(VICTIM);
        boolean old = partition.filter(it -> it.log().endOffset() > 100).isPresent();
        if (old && !rotten) {
            rotten = true;
            var segment = DATA.resolve("orders-0/00000000000000000000.log");
            machine.node().disk().flipBit(segment, LEADER_EPOCH_AT, 4);
        }
    }

    /** What Kafka did before KIP-101, whenever there is another leader. */
    private void cutAtHighWatermark(Machine machine) {
        machine.partition(VICTIM)
                .ifPresent(partition -> {
                    Role role = partition.role();
                    Role before = roles.put(partition, role);
                    if (role instanceof Role.Follower && before != null && !before.equals(role)) {
                        partition.log().truncateTo(partition.highWatermark());
                    }
                });
    }

    /** Raises or lowers the leader epoch of what a follower has just copied. */
    private void changeEpoch(Machine machine) {
        var partition = machine.partition(VICTIM);
        long size = partition.map(it -> it.log().sizeBytes()).orElse(Long.MAX_VALUE);
        Long before = sizes.put(machine, size);
        boolean follows = partition.filter(it -> it.role() instanceof Role.Follower).isPresent();
        if (before != null && before < size && follows) {
            var segment = DATA.resolve("orders-0/00000000000000000000.log");
            machine.node().disk().flipBit(segment, before + LEADER_EPOCH_AT, 0);
        }
    }

    /** A follower takes itself for the leader, in the epoch of the one it follows. */
    private void leadUnasked(Machine machine) {
        machine.partition(VICTIM)
                .filter(it -> it.log().endOffset() > 20)
                .ifPresent(partition -> {
                    if (partition.role() instanceof Role.Follower(int epoch, int _, int _)) {
                        partition.become(
                                new Role.Leader(
                                        Leadership.alone(machine.id(), epoch),
                                        new Role.WriteAccess.Open()));
                    }
                });
    }

    /** A leader believes that its followers have all it has. */
    private void forgeFetch(Machine machine) {
        machine.partition(VICTIM)
                .filter(it -> it.leadership().isPresent())
                .filter(it -> it.log().endOffset() > it.highWatermark())
                .ifPresent(partition -> {
                    for (Machine other : site.machines()) {
                        if (other != machine) {
                            partition.readAsReplica(inventedBy(other, partition));
                        }
                    }
                });
    }

    private static ReplicaRead inventedBy(Machine follower, Partition partition) {
        return new ReplicaRead(
                follower.id(),
                -1,
                partition.log().endOffset(),
                partition.log().latestEpoch().orElse(-1),
                partition.role().leaderEpoch(),
                0,
                1);
    }

    /** A process is about to end, with or without its machine. */
    void beforeEnd(Machine machine) {
        if (variant == Variant.EVERY_STOP_IS_CALLED_CLEAN) {
            machine.core().ifPresent(core -> markClean(machine, core));
        }
    }

    private static void markClean(Machine machine, BrokerCore core) {
        long epoch =
                core.images()
                        .current()
                        .brokers()
                        .broker(machine.id())
                        .map(BrokerRegistration::brokerEpoch)
                        .orElse(-1L);
        SimulatedDisk disk = machine.node().disk();
        disk.unharmed(() -> {
            try {
                CleanStop.mark(disk, DATA, epoch);
                return true;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }
}
