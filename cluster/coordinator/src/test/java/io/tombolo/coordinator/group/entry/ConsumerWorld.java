package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.group.Projection;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerGroups;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.stage.Heard;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** One consumer group, a handful of clients and a coordinator that fails over, from one seed. */
final class ConsumerWorld {

    /** What must always hold. */
    enum Claim {
        A_PARTITION_HAS_ONE_OWNER,
        WHO_LOST_A_PARTITION_DOES_NOT_COMMIT,
        COMMITTED_OFFSETS_NEVER_GO_BACK,
        A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
        EVERY_MEMBER_COMES_TO_ITS_TARGET
    }

    /** A claim that did not hold. */
    static final class Violated extends AssertionError {
        private static final long serialVersionUID = 1;
        final transient Claim claim;

        Violated(Claim claim, String detail) {
            super(claim + ": " + detail);
            this.claim = claim;
        }
    }

    private static final int CLIENTS = 5;

    private final SplittableRandom random;
    private final Stage stage;
    private final List<ConsumerClient> clients = new ArrayList<>();
    private final Set<ConsumerClient> hanging = new HashSet<>();
    private final StringBuilder trace = new StringBuilder();
    final Map<String, Integer> seen = new TreeMap<>();

    private final Map<Integer, Long> acknowledged = new HashMap<>();
    private long nextOffset = 1;
    private int partitionCount = 4;
    private Set<Claim> watched = EnumSet.allOf(Claim.class);

    ConsumerWorld(long seed, StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        this.random = new SplittableRandom(seed);
        this.stage = new Stage(Stage.settings(Integer.MAX_VALUE), machine, seed);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new ConsumerClient(stage, "c" + i, i == 0 ? "inst" : null));
        }
    }

    /** Looks away from every other claim, so that this one must speak for itself. */
    void watchOnly(Claim claim) {
        watched = EnumSet.of(claim);
    }

    /** Faults all the time, then peace; returns what happened. */
    String run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            verify();
        }
        rest();
        return trace.toString();
    }

    private ConsumerClient anyone() {
        return clients.get(random.nextInt(CLIENTS));
    }

    private void step() {
        switch (random.nextInt(30)) {
            case 0 -> failover();
            case 1 -> stage.log.committing(false);
            case 2, 3 -> stage.log.committing(true);
            case 4 -> refuse();
            case 5 -> anyone().restart();
            case 6 -> anyone().leave();
            case 7 -> clients.getFirst().leaveForNow();
            case 8 -> anyone().keepRevoked(random.nextBoolean());
            case 19 -> pause(anyone());
            case 9 -> anyone().loseAnswers(random.nextInt(3) == 0);
            case 10 -> grow();
            case 11 -> subscribe(anyone());
            case 12, 13, 14 -> stage.loop.advance(Duration.ofMillis(random.nextInt(4000)));
            case 15, 16, 17, 18 -> commit(anyone());
            default -> {
                ConsumerClient client = anyone();
                if (!hanging.contains(client)) {
                    beat(client);
                }
            }
        }
        stage.loop.run();
    }

    /** A process that hangs: nobody hears of it, and it may wake up with old beliefs. */
    private void pause(ConsumerClient client) {
        if (!hanging.remove(client)) {
            hanging.add(client);
        }
    }

    private void refuse() {
        if (random.nextInt(3) == 0) {
            stage.log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);
        }
    }

    private void grow() {
        if (partitionCount < 9 && random.nextInt(4) == 0) {
            partitionCount++;
            stage.topic("orders", partitionCount);
            count("partition added");
        }
    }

    private void subscribe(ConsumerClient client) {
        switch (random.nextInt(4)) {
            case 0 -> client.subscribe("orders", "payments");
            case 1 -> client.subscribeTo("ord.*|pay.*");
            case 2 -> client.wantAssignor(random.nextBoolean() ? "range" : "uniform");
            default -> client.subscribe("orders");
        }
    }

    /** A client says nothing while it waits for an answer. */
    private void beat(ConsumerClient client) {
        if (client.underWay() > 0) {
            return;
        }
        client.beat();
        count("beat " + client.lastError());
        trace.append(stage.loop.nanoTime() / 1_000_000)
                .append(' ')
                .append(client.id())
                .append(' ')
                .append(client.lastError())
                .append(' ')
                .append(client.epoch())
                .append(' ')
                .append(client.owned())
                .append('\n');
    }

    private void failover() {
        GroupsState committed = committed();
        long highWatermark = stage.log.highWatermark(0);
        stage.coordinator.resign(0);
        stage.log.loseUncommitted();
        GroupsState replayed = Projection.replayed(stage.log.entries(0), highWatermark);
        String found = stored(replayed);
        require(
                found.equals(stored(committed)),
                Claim.A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
                found + "\nis not\n" + stored(committed));
        count("failover while " + state(committed));
        stage.lead();
    }

    private static String stored(GroupsState state) {
        ConsumerGroup group = state.consumers().get(G);
        return (group == null ? "none" : ConsumerGroups.stored(group)) + state.offsets();
    }

    private static String state(GroupsState state) {
        ConsumerGroup group = state.consumers().get(G);
        return group == null ? "Dead" : group.state().label();
    }

    private GroupsState committed() {
        var heard = new Heard<GroupsState>();
        stage.coordinator.partitions().read(0, stage.loop, state -> state, heard);
        return heard.response();
    }

    // ---- what clients may rely on ----

    private void verify() {
        ConsumerGroup group = committed().consumers().get(G);
        if (group == null) {
            return;
        }
        Map<String, String> owners = new HashMap<>();
        for (ConsumerClient client : clients) {
            // Whoever is out without knowing yet cannot be helped: its commits are refused.
            if (!ConsumerGroups.stands(group, client.id(), client.epoch())) {
                continue;
            }
            for (String partition : client.owned()) {
                String other = owners.put(partition, client.id());
                require(
                        other == null,
                        Claim.A_PARTITION_HAS_ONE_OWNER,
                        partition
                                + " is read by "
                                + other
                                + " and "
                                + client.id()
                                + "\n"
                                + trace.substring(Math.max(0, trace.length() - 1500)));
            }
        }
    }

    private void commit(ConsumerClient client) {
        Uuid orders = stage.topics.get("orders").id();
        int partition = random.nextInt(partitionCount);
        for (int tries = 0; !client.owns(orders, partition); tries++) {
            if (tries == partitionCount) {
                return;
            }
            partition = (partition + 1) % partitionCount;
        }
        commit(client, partition, lost(client, orders, partition));
    }

    private void commit(ConsumerClient client, int partition, boolean lost) {
        long offset = nextOffset++;
        stage.coordinator
                .offsets()
                .commit(
                        stage.caller(9),
                        Stage.commitRequest("orders", partition, offset)
                                .setMemberId(client.id())
                                .setGenerationIdOrMemberEpoch(client.epoch()),
                        response -> {
                            Errors error =
                                    Errors.forCode(
                                            response.topics()
                                                    .getFirst()
                                                    .partitions()
                                                    .getFirst()
                                                    .errorCode());
                            count("commit " + error);
                            if (error == Errors.NONE) {
                                require(
                                        !lost,
                                        Claim.WHO_LOST_A_PARTITION_DOES_NOT_COMMIT,
                                        client.id() + " committed " + partition);
                                acknowledged.merge(partition, offset, Math::max);
                            }
                        });
        stage.loop.run();
        checkPositions();
    }

    /** Whether the partition is another one's by now, who has been told. */
    private boolean lost(ConsumerClient client, Uuid topic, int partition) {
        ConsumerGroup group = committed().consumers().get(G);
        return clients.stream()
                .anyMatch(other ->
                        other != client
                                && other.owns(topic, partition)
                                && group != null
                                && ConsumerGroups.stands(group, other.id(), other.epoch()));
    }

    private void checkPositions() {
        acknowledged.forEach((partition, offset) -> {
            long position =
                    stage.fetch(8, Stage.fetchRequest("orders", partition), false)
                            .response()
                            .topics()
                            .getFirst()
                            .partitions()
                            .getFirst()
                            .committedOffset();
            require(
                    position >= offset,
                    Claim.COMMITTED_OFFSETS_NEVER_GO_BACK,
                    position + " after " + offset + " was acknowledged");
        });
    }

    /** No more faults and orderly clients: everybody gets what it shall have. */
    private void rest() {
        stage.log.committing(true);
        for (ConsumerClient client : clients) {
            client.keepRevoked(false);
            client.loseAnswers(false);
            client.subscribe("orders");
        }
        boolean done = false;
        for (int i = 0; i < 120 && !done; i++) {
            clients.forEach(this::beat);
            stage.loop.advance(Duration.ofMillis(500));
            verify();
            done = settled();
        }
        checkPositions();
        require(
                done,
                Claim.EVERY_MEMBER_COMES_TO_ITS_TARGET,
                state(committed()) + trace.substring(Math.max(0, trace.length() - 1500)));
    }

    private boolean settled() {
        int owned = clients.stream().mapToInt(client -> client.owned().size()).sum();
        return state(committed()).equals("Stable")
                && clients.stream().allMatch(ConsumerClient::settled)
                && owned == partitionCount;
    }

    private void count(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    private void require(boolean holds, Claim claim, String detail) {
        if (!holds && watched.contains(claim)) {
            throw new Violated(claim, detail);
        }
    }
}
