package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.group.consumer.ConsumerGroups;
import io.tombolo.coordinator.runtime.StateMachine;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One consumer group, a handful of clients and a coordinator that fails over, from one seed. */
final class ConsumerWorld extends StagedWorld<ConsumerWorld.Claim> {

    /** What must always hold. */
    enum Claim {
        A_PARTITION_HAS_ONE_OWNER,
        WHO_LOST_A_PARTITION_DOES_NOT_COMMIT,
        COMMITTED_OFFSETS_NEVER_GO_BACK,
        A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
        A_COMPACTED_LOG_SAYS_THE_SAME,
        EVERY_MEMBER_COMES_TO_ITS_TARGET
    }

    private static final Reload<Claim> RELOAD =
            new Reload<>(
                    Claim.A_RELOAD_FINDS_WHAT_WAS_COMMITTED, Claim.A_COMPACTED_LOG_SAYS_THE_SAME);
    private static final int CLIENTS = 5;

    private final List<ConsumerClient> clients = new ArrayList<>();
    private final Set<ConsumerClient> hanging = new HashSet<>();
    private final Positions positions = new Positions(stage);
    private int partitionCount = 4;

    ConsumerWorld(long seed, StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        super(Claim.class, seed, machine);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new ConsumerClient(stage, "c" + i, i == 0 ? "inst" : null));
            clients.getLast().runsIn(i % 2 == 0 ? "north" : "south");
        }
        stage.replicasIn("south", "west", "north");
    }

    private ConsumerClient anyone() {
        return clients.get(random.nextInt(CLIENTS));
    }

    @Override
    protected void step() {
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
        happened(
                "%s %s %d %s"
                        .formatted(
                                client.id(), client.lastError(), client.epoch(), client.owned()));
    }

    private void failover() {
        failover(RELOAD, state(committed()), (shown, _) -> stored(shown));
    }

    private static String stored(GroupsState state) {
        ConsumerGroup group = state.consumers().get(G);
        return (group == null ? "none" : ConsumerGroups.stored(group)) + state.offsets();
    }

    private static String state(GroupsState state) {
        ConsumerGroup group = state.consumers().get(G);
        return group == null ? "Dead" : group.state().label();
    }

    // ---- what clients may rely on ----

    @Override
    protected void verify() {
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
                        partition + " is read by " + other + " and " + client.id());
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
        positions.commit(
                client,
                partition,
                error -> {
                    count("commit " + error);
                    require(
                            error != Errors.NONE || !lost,
                            Claim.WHO_LOST_A_PARTITION_DOES_NOT_COMMIT,
                            client.id() + " committed " + partition);
                });
        positions.verify(this, Claim.COMMITTED_OFFSETS_NEVER_GO_BACK);
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

    /** No more faults and orderly clients: everybody gets what it shall have. */
    @Override
    protected void rest() {
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
        positions.verify(this, Claim.COMMITTED_OFFSETS_NEVER_GO_BACK);
        require(done, Claim.EVERY_MEMBER_COMES_TO_ITS_TARGET, state(committed()));
    }

    private boolean settled() {
        int owned = clients.stream().mapToInt(client -> client.owned().size()).sum();
        return state(committed()).equals("Stable")
                && clients.stream().allMatch(ConsumerClient::settled)
                && owned == partitionCount;
    }
}
