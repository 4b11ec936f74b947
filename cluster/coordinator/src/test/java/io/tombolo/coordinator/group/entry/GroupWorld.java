package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.group.Projection;
import io.tombolo.coordinator.runtime.StateMachine;

import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One group, a handful of clients and a coordinator that fails over, all from one seed. Every
 * answer that leaves the coordinator is checked against every answer that left before.
 */
final class GroupWorld extends StagedWorld<GroupWorld.Claim> {

    /** What must always hold. */
    enum Claim {
        A_GENERATION_HAS_ONE_LEADER,
        A_MEMBER_HAS_ONE_ASSIGNMENT_PER_GENERATION,
        OLD_GENERATIONS_NEVER_COMMIT,
        COMMITTED_OFFSETS_NEVER_GO_BACK,
        TRANSACTIONS_COUNT_AS_DECIDED,
        PENDING_OFFSETS_ARE_UNSTABLE,
        WHO_LEFT_STAYS_AWAY,
        A_RELOAD_FINDS_WHAT_WAS_COMMITTED,
        A_COMPACTED_LOG_SAYS_THE_SAME,
        EVERY_CLIENT_IS_ANSWERED,
        A_QUIET_GROUP_COMES_TO_REST
    }

    private static final Reload<Claim> RELOAD =
            new Reload<>(
                    Claim.A_RELOAD_FINDS_WHAT_WAS_COMMITTED, Claim.A_COMPACTED_LOG_SAYS_THE_SAME);
    private static final int CLIENTS = 5;

    private final List<Client> clients = new ArrayList<>();
    private final List<Transactor> transactors = new ArrayList<>();
    private final List<Runnable> resends = new ArrayList<>();

    private final Map<Integer, String> leaders = new HashMap<>();
    private final Map<String, String> assignments = new HashMap<>();
    private final Set<String> left = new HashSet<>();
    private int newestGeneration;
    private long nextOffset = 1;
    private long acknowledgedOffset = -1;
    private int unanswered;

    GroupWorld(long seed, StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        super(Claim.class, seed, machine);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(i < 2 ? "inst" + i : null));
        }
        transactors.add(new Transactor(this, stage, 0));
        transactors.add(new Transactor(this, stage, 1));
    }

    void breakLog() {
        stage.log.lying();
    }

    @Override
    protected void step() {
        switch (random.nextInt(30)) {
            case 0 -> failover();
            case 1 -> stage.log.committing(false);
            case 2, 3 -> stage.log.committing(true);
            case 4 -> {
                if (random.nextInt(3) == 0) {
                    stage.log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);
                }
            }
            case 5 -> {
                if (!resends.isEmpty()) {
                    happened("resend");
                    resends.get(random.nextInt(resends.size())).run();
                }
            }
            case 6 -> clients.get(random.nextInt(CLIENTS)).restart();
            case 7, 8, 9, 10 -> stage.loop.advance(Duration.ofMillis(random.nextInt(4000)));
            case 11, 12, 13, 14, 15, 16 ->
                    transactors.get(random.nextInt(2)).act(random.nextInt(4));
            default -> clients.get(random.nextInt(CLIENTS)).act();
        }
        stage.loop.run();
    }

    long newOffset() {
        return nextOffset++;
    }

    private void failover() {
        failover(RELOAD, stage.describe(G).groupState(), Projection::of);
        happened("failover");
    }

    @Override
    protected void verify() {
        long position = stage.position("orders");
        require(
                position >= acknowledgedOffset,
                Claim.COMMITTED_OFFSETS_NEVER_GO_BACK,
                position + " after " + acknowledgedOffset + " was acknowledged");
        transactors.forEach(Transactor::verify);
        var described = stage.describe(G);
        if (described.groupState().equals("Stable")
                || described.groupState().equals("CompletingRebalance")) {
            for (var member : described.members()) {
                require(
                        !left.contains(member.memberId()),
                        Claim.WHO_LEFT_STAYS_AWAY,
                        member.memberId());
            }
        }
    }

    /** No more faults and orderly clients: the group becomes stable, then empty. */
    @Override
    protected void rest() {
        stage.log.committing(true);
        resends.clear();
        for (int i = 0;
                i < 400 && !(allMembers() && transactors.stream().allMatch(Transactor::idle));
                i++) {
            clients.forEach(Client::behave);
            transactors.forEach(Transactor::finish);
            stage.loop.advance(Duration.ofMillis(250));
            verify();
        }
        require(allMembers(), Claim.A_QUIET_GROUP_COMES_TO_REST, "not stable: " + stage.state());
        clients.forEach(Client::leave);
        stage.loop.advance(Duration.ofSeconds(61));
        require(
                Projection.empty(committed(), G),
                Claim.A_QUIET_GROUP_COMES_TO_REST,
                "not empty: " + stage.state());
        require(unanswered == 0, Claim.EVERY_CLIENT_IS_ANSWERED, unanswered + " still wait");
    }

    private boolean allMembers() {
        return stage.state().equals("Stable")
                && clients.stream()
                        .allMatch(c -> c.phase == Phase.MEMBER && c.generation == newestGeneration);
    }

    private static String identity(String memberId) {
        return memberId.startsWith("inst") ? memberId.substring(0, 5) : memberId;
    }

    private void joined(JoinGroupResponseData response) {
        int generation = response.generationId();
        newestGeneration = Math.max(newestGeneration, generation);
        left.remove(response.memberId()); // it asked again
        String leader = identity(response.leader());
        String known = leaders.putIfAbsent(generation, leader);
        require(
                known == null || known.equals(leader),
                Claim.A_GENERATION_HAS_ONE_LEADER,
                "generation " + generation + ": " + known + " and " + leader);
    }

    private void synced(int generation, String memberId, SyncGroupResponseData response) {
        String assignment = new String(response.assignment(), StandardCharsets.UTF_8);
        String known = assignments.putIfAbsent(generation + " " + identity(memberId), assignment);
        require(
                known == null || known.equals(assignment),
                Claim.A_MEMBER_HAS_ONE_ASSIGNMENT_PER_GENERATION,
                memberId + " in " + generation + ": " + known + " and " + assignment);
    }

    private void sendable(Runnable send) {
        resends.add(send);
        if (resends.size() > 30) {
            resends.removeFirst();
        }
        send.run();
    }

    private enum Phase {
        OUT,
        JOINING,
        SYNCING,
        MEMBER
    }

    /** A consumer, now and then a bad one. */
    private final class Client {

        private final String instance;
        private String memberId = "";
        private int generation = -1;
        private Phase phase = Phase.OUT;
        private int incarnation;

        Client(String instance) {
            this.instance = instance;
        }

        /** Forgets everything; its requests that are underway are somebody else's now. */
        void restart() {
            incarnation++;
            memberId = "";
            generation = -1;
            phase = Phase.OUT;
        }

        void act() {
            switch (phase) {
                case OUT -> join();
                case JOINING -> {}
                case SYNCING -> {
                    if (random.nextInt(4) == 0) {
                        commit(generation);
                    }
                }
                case MEMBER -> {
                    switch (random.nextInt(12)) {
                        case 0 -> leave();
                        case 1 -> join();
                        case 2 -> commit(generation - 1);
                        case 3, 4, 5, 6 -> commit(generation);
                        default -> heartbeat();
                    }
                }
            }
        }

        void behave() {
            switch (phase) {
                case OUT -> join();
                case JOINING, SYNCING -> {}
                case MEMBER -> heartbeat();
            }
        }

        private void join() {
            String asId = memberId;
            phase = Phase.JOINING;
            int current = ++incarnation;
            sendable(() -> {
                unanswered++;
                var request = Stage.joinRequest(asId, "range");
                request.setGroupInstanceId(instance);
                stage.coordinator
                        .membership()
                        .join(stage.caller(9), request, r -> joinAnswered(current, r));
            });
        }

        private void joinAnswered(int asked, JoinGroupResponseData response) {
            unanswered--;
            Errors error = Errors.forCode(response.errorCode());
            happened("join " + error + " " + response.memberId() + " " + response.generationId());
            count("join " + error);
            if (error == Errors.NONE) {
                joined(response);
            }
            if (asked != incarnation || phase != Phase.JOINING) {
                return;
            }
            switch (error) {
                case NONE -> {
                    memberId = response.memberId();
                    generation = response.generationId();
                    if (response.skipAssignment()) {
                        count("skipped assignment");
                    }
                    sync(response);
                }
                case MEMBER_ID_REQUIRED -> {
                    memberId = response.memberId();
                    phase = Phase.OUT;
                }
                case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> restart();
                default -> phase = Phase.OUT;
            }
        }

        private void sync(JoinGroupResponseData joined) {
            phase = Phase.SYNCING;
            int current = ++incarnation;
            var request =
                    new SyncGroupRequestData()
                            .setGroupId(G)
                            .setMemberId(memberId)
                            .setGroupInstanceId(instance)
                            .setGenerationId(generation);
            sendable(() -> {
                unanswered++;
                var sent = request.duplicate();
                if (!joined.skipAssignment()) {
                    // Assigned anew each time: only one of them may ever count.
                    for (var member : joined.members()) {
                        String text = member.memberId() + random.nextInt(1000);
                        sent.assignments()
                                .add(
                                        new SyncGroupRequestAssignment()
                                                .setMemberId(member.memberId())
                                                .setAssignment(
                                                        text.getBytes(StandardCharsets.UTF_8)));
                    }
                }
                stage.coordinator
                        .membership()
                        .sync(
                                stage.caller(3),
                                sent,
                                response -> syncAnswered(current, request, response));
            });
        }

        private void syncAnswered(
                int asked, SyncGroupRequestData request, SyncGroupResponseData response) {
            unanswered--;
            Errors error = Errors.forCode(response.errorCode());
            happened("sync " + error + " " + request.memberId() + " " + request.generationId());
            count("sync " + error);
            if (error == Errors.NONE) {
                synced(request.generationId(), request.memberId(), response);
            }
            if (asked != incarnation || phase != Phase.SYNCING) {
                return;
            }
            switch (error) {
                case NONE -> phase = Phase.MEMBER;
                case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> restart();
                default -> phase = Phase.OUT;
            }
        }

        private void heartbeat() {
            int current = incarnation;
            var request =
                    new HeartbeatRequestData()
                            .setGroupId(G)
                            .setMemberId(memberId)
                            .setGroupInstanceId(instance)
                            .setGenerationId(generation);
            sendable(() -> {
                unanswered++;
                stage.coordinator
                        .membership()
                        .heartbeat(
                                stage.caller(4),
                                request,
                                response ->
                                        beatAnswered(
                                                current, Errors.forCode(response.errorCode())));
            });
        }

        private void beatAnswered(int asked, Errors error) {
            unanswered--;
            count("heartbeat " + error);
            if (asked == incarnation && phase == Phase.MEMBER) {
                switch (error) {
                    case REBALANCE_IN_PROGRESS -> join();
                    case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION -> restart();
                    default -> {}
                }
            }
        }

        private void commit(int asGeneration) {
            long offset = newOffset();
            int newestBefore = newestGeneration;
            unanswered++;
            var request =
                    Stage.commitRequest("orders", 0, offset)
                            .setMemberId(memberId)
                            .setGroupInstanceId(instance)
                            .setGenerationIdOrMemberEpoch(asGeneration);
            stage.coordinator
                    .offsets()
                    .commit(
                            stage.caller(8),
                            request,
                            response -> {
                                unanswered--;
                                Errors error = Stage.errorOf(response);
                                happened("commit " + offset + " in " + asGeneration + " " + error);
                                count("commit " + error);
                                if (error == Errors.NONE) {
                                    require(
                                            asGeneration >= newestBefore,
                                            Claim.OLD_GENERATIONS_NEVER_COMMIT,
                                            asGeneration + " after " + newestBefore);
                                    acknowledgedOffset = Math.max(acknowledgedOffset, offset);
                                }
                            });
        }

        private void leave() {
            if (memberId.isEmpty()) {
                return;
            }
            String leaving = memberId;
            restart();
            var identity = new MemberIdentity().setMemberId(leaving).setGroupInstanceId(instance);
            sendable(() -> {
                unanswered++;
                stage.coordinator
                        .membership()
                        .leave(
                                stage.caller(5),
                                new LeaveGroupRequestData()
                                        .setGroupId(G)
                                        .setMembers(List.of(identity)),
                                response -> {
                                    unanswered--;
                                    boolean done =
                                            response.errorCode() == 0
                                                    && response.members().getFirst().errorCode()
                                                            == 0;
                                    happened("leave " + leaving + " " + done);
                                    count("leave " + done);
                                    if (done) {
                                        left.add(leaving);
                                    }
                                });
            });
        }
    }
}
