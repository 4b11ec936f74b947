package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.group.MigrationView;
import io.tombolo.coordinator.group.Projection;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.stage.Heard;

import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One group whose clients are exchanged one by one for clients of the other protocol, there and
 * back, while they fail and the coordinator fails over; from one seed.
 */
final class MigrationWorld {

    /** What must always hold. */
    enum Claim {
        A_PARTITION_HAS_ONE_OWNER,
        COMMITTED_OFFSETS_SURVIVE_MIGRATION,
        A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
        EVERY_PARTITION_FINDS_A_READER
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

    private static final int CLIENTS = 4;
    private static final int PARTITIONS = 4;

    private final SplittableRandom random;
    private final Stage stage;
    private final List<Client> clients = new ArrayList<>();
    private final StringBuilder trace = new StringBuilder();
    final Map<String, Integer> seen = new TreeMap<>();

    private final Map<Integer, Long> acknowledged = new HashMap<>();
    private long nextOffset = 1;
    private int clientCount;
    private boolean towardsConsumers;
    private String state = "none";
    private Set<Claim> watched = EnumSet.allOf(Claim.class);

    MigrationWorld(long seed, StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        this.random = new SplittableRandom(seed);
        this.stage = new Stage(Stage.settings(Integer.MAX_VALUE), machine, seed);
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

    private void step() {
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
        trace.append(stage.loop.nanoTime() / 1_000_000)
                .append(' ')
                .append(kind)
                .append(client.id())
                .append(' ')
                .append(client.lastError())
                .append(' ')
                .append(client.epoch())
                .append(' ')
                .append(client.orders())
                .append('\n');
    }

    private void failover() {
        GroupsState committed = committed();
        long highWatermark = stage.log.highWatermark(0);
        stage.coordinator.resign(0);
        stage.log.loseUncommitted();
        GroupsState replayed = Projection.replayed(stage.log.entries(0), highWatermark);
        String found = MigrationView.stored(replayed, committed);
        String promised = MigrationView.stored(committed, committed);
        require(
                found.equals(promised),
                Claim.A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
                found + "\nis not\n" + promised);
        count("failover while " + MigrationView.state(committed, G));
        stage.lead();
    }

    private GroupsState committed() {
        var heard = new Heard<GroupsState>();
        stage.coordinator.partitions().read(0, stage.loop, state -> state, heard);
        return heard.response();
    }

    // ---- what clients may rely on ----

    private void verify() {
        GroupsState committed = committed();
        String now = MigrationView.state(committed, G);
        if (!now.equals(state)) {
            String before = state.split(" ", 2)[0];
            String after = now.split(" ", 2)[0];
            if (!before.equals(after)) {
                count(before + " to " + after);
            }
            trace.append(now).append('\n');
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
                        "%d is read by %s and %s while %s\n%s"
                                .formatted(partition, other, client.id(), now, tail()));
            }
        }
    }

    private String tail() {
        return trace.substring(Math.max(0, trace.length() - 1500));
    }

    private void commit(Client client) {
        if (client.orders().isEmpty()) {
            return;
        }
        int partition = client.orders().first();
        long offset = nextOffset++;
        stage.coordinator
                .offsets()
                .commit(
                        stage.caller(9),
                        Stage.commitRequest("orders", partition, offset)
                                .setMemberId(client.id())
                                .setGenerationIdOrMemberEpoch(client.epoch()),
                        response -> {
                            var topic = response.topics().getFirst();
                            Errors error =
                                    Errors.forCode(topic.partitions().getFirst().errorCode());
                            count("commit " + error);
                            if (error == Errors.NONE) {
                                acknowledged.merge(partition, offset, Math::max);
                            }
                        });
        stage.loop.run();
        checkPositions();
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
                    Claim.COMMITTED_OFFSETS_SURVIVE_MIGRATION,
                    position + " after " + offset + " was acknowledged");
        });
    }

    /** No more faults: all partitions are read, each by one. */
    private void rest() {
        stage.log.committing(true);
        boolean done = false;
        for (int i = 0; i < 200 && !done; i++) {
            clients.forEach(this::beat);
            stage.loop.advance(Duration.ofMillis(500));
            verify();
            done = settled();
        }
        checkPositions();
        require(done, Claim.EVERY_PARTITION_FINDS_A_READER, state + '\n' + tail());
    }

    private boolean settled() {
        int owned = clients.stream().mapToInt(client -> client.orders().size()).sum();
        boolean mixed = clients.stream().anyMatch(ConsumerClient.class::isInstance);
        return state.equals(mixed ? "consumer Stable" : "classic Stable")
                && clients.stream().allMatch(Client::settled)
                && owned == PARTITIONS;
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
