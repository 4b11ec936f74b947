package io.tombolo.raft;

import io.tombolo.environment.Environment;
import io.tombolo.environment.Offload;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftSettings;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.core.VoterSet;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Whole replicas with their files on simulated machines; one state machine for all to agree on. */
final class SimulatedCluster {

    static final Path DIRECTORY = Path.of("/var/tombolo/__cluster_metadata-0");

    static final long RESERVE_BYTES = 6400;

    private static final RaftSettings SETTINGS =
            new RaftSettings(
                    new RaftSettings.Timing(
                            Duration.ofMillis(200),
                            Duration.ofMillis(200),
                            Duration.ofMillis(500),
                            Duration.ofMillis(400),
                            Duration.ofMillis(10),
                            Duration.ofMillis(150)),
                    new RaftSettings.Bounds(4000, 500, 600, 64, 4, 1500),
                    RESERVE_BYTES);

    private final Simulator simulator;
    private final SimulatedEntropy chance;
    private final List<Member> members = new ArrayList<>();
    private final int voterCount;
    private final TreeMap<Long, Long> stateAt = new TreeMap<>(Map.of(0L, 0L));
    private final Map<Long, Long> acknowledged = new HashMap<>();
    private long nextRecord = 1;
    double lossShare;
    long committedOffset;

    SimulatedCluster(Simulator simulator, int voterCount, int observerCount) {
        this.simulator = simulator;
        this.voterCount = voterCount;
        chance = simulator.entropy("cluster");
        for (int node = 0; node < voterCount + observerCount; node++) {
            members.add(new Member(node));
        }
    }

    static ReplicaKey key(int node) {
        return new ReplicaKey(node, new UUID(9, node));
    }

    List<Member> members() {
        return members;
    }

    Optional<Member> leader() {
        return members.stream().filter(Member::leads).findFirst();
    }

    /** One machine and the state machine of its present life. */
    final class Member implements RaftListener {

        final int node;
        final SimulatedNode machine;
        RaftNode raft;
        LeaderAndEpoch leader = new LeaderAndEpoch(-1, 0);
        final List<VoterChange.Outcome> changes = new ArrayList<>();
        final List<Exception> faults = new ArrayList<>();
        final List<Room> rooms = new ArrayList<>();
        final List<LogBatch> commits = new ArrayList<>();
        long appliedOffset;
        long state;
        private final List<List<byte[]>> snapshotBatches = new ArrayList<>();
        int snapshotsLoaded;
        boolean cutOff;
        boolean filled;

        Member(int node) {
            this.node = node;
            machine = simulator.addNode("n" + node, 1);
            machine.disk().mount(DIRECTORY.getParent());
        }

        void start() {
            machine.start(this::live);
        }

        private void live(Environment world) {
            appliedOffset = 0;
            state = 0;
            leader = new LeaderAndEpoch(-1, 0);
            commits.clear();
            var keys = new ReplicaKey[voterCount];
            for (int voter = 0; voter < voterCount; voter++) {
                keys[voter] = key(voter);
            }
            var loop = world.loops().loop(0);
            var place =
                    new RaftNode.Place(
                            loop,
                            world.clock(),
                            world.entropy(),
                            world.offload(),
                            world.disk(),
                            DIRECTORY);
            var membership = new RaftNode.Membership("simulated", key(node), VoterSet.ofKeys(keys));
            raft = new RaftNode(membership, place, SETTINGS, this::send, this);
            RaftNode started = raft;
            loop.execute(started::start);
        }

        boolean leads() {
            return machine.running() && leader.leaderId() == node;
        }

        /** Does something on the loop of the present life. */
        void onLoop(Runnable task) {
            if (machine.running()) {
                machine.environment().loops().loop(0).execute(task);
            }
        }

        private void send(Envelope envelope) {
            Member target = members.get(envelope.to());
            if (chance.chance(lossShare) || cutOff || target.cutOff) {
                return;
            }
            simulator.after(
                    Duration.ofNanos(chance.between(100_000, 8_000_000)),
                    "message",
                    () -> {
                        RaftNode there = target.raft;
                        target.onLoop(() -> there.receive(envelope));
                    });
        }

        /** The disk has room for some bytes more; the log's reserve is in use already. */
        void fillDisk(long spareBytes) {
            machine.disk().fillUpTo(spareBytes);
            filled = true;
        }

        void propose(int count) {
            onLoop(() -> {
                var records = new ArrayList<byte[]>();
                for (int index = 0; index < count; index++) {
                    records.add(ByteBuffer.allocate(8).putLong(nextRecord++).array());
                }
                if (raft.propose(records, leader.epoch())
                        instanceof ProposeResult.Accepted accepted) {
                    require(
                            accepted.lastOffset() - accepted.baseOffset() + 1 == count,
                            "a batch gets one offset per record");
                }
            });
        }

        void takeSnapshot() {
            onLoop(() -> {
                if (appliedOffset > 0 && !commits.isEmpty()) {
                    byte[] bytes = ByteBuffer.allocate(200).putLong(0, state).array();
                    commits.clear();
                    List<List<byte[]>> batches = List.of(List.of(bytes), List.of(bytes));
                    raft.createSnapshot(appliedOffset, batches.iterator(), this::wrote);
                }
            });
        }

        private void wrote(Offload.Outcome<OffsetAndEpoch> outcome) {
            require(
                    filled || outcome instanceof Offload.Outcome.Done,
                    "a snapshot is written: " + outcome);
        }

        @Override
        public void onCommit(LogBatch batch) {
            require(batch.baseOffset() >= appliedOffset, "no batch is delivered twice");
            for (byte[] each : batch.records()) {
                state = (state ^ ByteBuffer.wrap(each).getLong()) * 31 + 7;
            }
            commits.add(batch);
            appliedOffset = batch.endOffset();
            committedOffset = Math.max(committedOffset, appliedOffset);
            Long truth = stateAt.putIfAbsent(appliedOffset, state);
            require(truth == null || truth == state, "applied prefix is equal on " + node);
            acknowledged.put(batch.baseOffset(), state);
        }

        @Override
        public void onSnapshotBegun(OffsetAndEpoch id) {
            snapshotBatches.clear();
        }

        @Override
        public void onSnapshotRecords(List<byte[]> records) {
            snapshotBatches.add(records);
        }

        @Override
        public void onSnapshotEnded(OffsetAndEpoch id) {
            require(snapshotBatches.size() == 2, "a snapshot comes whole");
            snapshotsLoaded++;
            state = ByteBuffer.wrap(snapshotBatches.get(1).getFirst()).getLong();
            appliedOffset = id.offset();
            Long truth = stateAt.get(appliedOffset);
            require(truth != null && truth == state, "snapshot state is equal on " + node);
        }

        @Override
        public void onLeaderChange(LeaderAndEpoch next) {
            leader = next;
        }

        @Override
        public void onRoom(Room room) {
            rooms.add(room);
        }

        @Override
        public void onFault(Exception cause) {
            faults.add(cause);
        }
    }

    static void require(boolean holds, String claim) {
        if (!holds) {
            throw new AssertionError(claim);
        }
    }
}
