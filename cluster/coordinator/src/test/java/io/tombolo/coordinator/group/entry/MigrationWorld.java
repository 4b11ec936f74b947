package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.group.MigrationView;
import io.tombolo.coordinator.runtime.StateMachine;

import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One group whose clients are exchanged one by one for clients of the other protocol, there and
 * back, while they fail and the coordinator fails over; from one seed.
 */
final class MigrationWorld extends StagedWorld<MigrationWorld.Claim> {

    /** What must always hold. */
    enum Claim {
        A_PARTITION_HAS_ONE_OWNER,
        COMMITTED_OFFSETS_SURVIVE_MIGRATION,
        A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
        A_COMPACTED_LOG_SAYS_THE_SAME,
        EVERY_PARTITION_FINDS_A_READER
    }

    private static final Reload<Claim> RELOAD =
            new Reload<>(
                    Claim.A_RELOAD_FINDS_WHAT_WAS_COMMITTED, Claim.A_COMPACTED_LOG_SAYS_THE_SAME);
    private static final int CLIENTS = 4;
    private static final int PARTITIONS = 4;

    private final List<Client> clients = new ArrayList<>();
    private final Positions positions = new Positions(stage);
    private int clientCount;
    private boolean towardsConsumers;
    private String state = "none";

    MigrationWorld(long seed, StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        super(Claim.class, seed, machine);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(client(i));
        }
    }

    /** The first one is static, whichever protocol it speaks. */
    private Client client(int place) {
        String instance = place == 0 ? "inst" : null;
        clientCount++;
        return towardsConsumers
                ? new ConsumerClient(stage, "c" + clientCount, instance)
                : new ClassicClient(stage, instance, random.nextBoolean());
    }

    @Override
    protected void step() {
        int place = random.nextInt(CLIENTS);
        switch (random.nextInt(40)) {
            case 0 -> failover();
            case 1 -> stage.log.committing(false);
            case 2, 3 -> stage.log.committing(true);
            case 4 -> stage.log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);
            case 5 -> clients.get(place).restart();
            case 16 -> towardsConsumers = random.nextInt(3) == 0 ^ towardsConsumers;
            case 6, 7, 17 -> roll(place, true);
            case 8, 18 -> roll(place, false);
            case 9, 10, 11 -> stage.loop.advance(Duration.ofMillis(random.nextInt(4000)));
            case 12, 13, 14, 15 -> commit(clients.get(place));
            default -> beat(clients.get(place));
        }
        stage.loop.run();
    }

    /** Another process takes the place of one, in good order or after it was killed. */
    private void roll(int place, boolean leaves) {
        if (leaves) {
            clients.get(place).leave();
        }
        clients.set(place, client(place));
    }

    private void beat(Client client) {
        if (client instanceof ConsumerClient consumer && consumer.underWay() > 0) {
            return;
        }
        client.beat();
        stage.loop.run();
        String kind = client instanceof ClassicClient ? "classic " : "consumer ";
        count(kind + client.lastError());
        happened(
                "%s%s %s %d %s"
                        .formatted(
                                kind,
                                client.id(),
                                client.lastError(),
                                client.epoch(),
                                client.orders()));
    }

    private void failover() {
        failover(RELOAD, MigrationView.state(committed(), G), MigrationView::stored);
    }

    // ---- what clients may rely on ----

    @Override
    protected void verify() {
        GroupsState committed = committed();
        String now = MigrationView.state(committed, G);
        if (!now.equals(state)) {
            String before = state.split(" ", 2)[0];
            String after = now.split(" ", 2)[0];
            if (!before.equals(after)) {
                count(before + " to " + after);
            }
            note(now);
            state = now;
        }
        Map<Integer, String> owners = new HashMap<>();
        for (Client client : clients) {
            // Whoever is out without knowing yet cannot be helped: its commits are refused.
            if (!MigrationView.stands(committed, G, client.id(), client.epoch())) {
                continue;
            }
            for (int partition : client.orders()) {
                String other = owners.put(partition, client.id());
                require(
                        other == null,
                        Claim.A_PARTITION_HAS_ONE_OWNER,
                        "%d is read by %s and %s while %s"
                                .formatted(partition, other, client.id(), now));
            }
        }
    }

    private void commit(Client client) {
        if (!client.orders().isEmpty()) {
            positions.commit(client, client.orders().first(), error -> count("commit " + error));
            positions.verify(this, Claim.COMMITTED_OFFSETS_SURVIVE_MIGRATION);
        }
    }

    /** No more faults: all partitions are read, each by one. */
    @Override
    protected void rest() {
        stage.log.committing(true);
        boolean done = false;
        for (int i = 0; i < 200 && !done; i++) {
            clients.forEach(this::beat);
            stage.loop.advance(Duration.ofMillis(500));
            verify();
            done = settled();
        }
        positions.verify(this, Claim.COMMITTED_OFFSETS_SURVIVE_MIGRATION);
        require(done, Claim.EVERY_PARTITION_FINDS_A_READER, state);
    }

    private boolean settled() {
        int owned = clients.stream().mapToInt(client -> client.orders().size()).sum();
        boolean mixed = clients.stream().anyMatch(ConsumerClient.class::isInstance);
        return state.equals(mixed ? "consumer Stable" : "classic Stable")
                && clients.stream().allMatch(Client::settled)
                && owned == PARTITIONS;
    }
}
