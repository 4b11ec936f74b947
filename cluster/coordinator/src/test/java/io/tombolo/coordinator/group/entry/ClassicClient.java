package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;

import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A consumer of the classic protocol as stock clients behave. An eager one lets go of everything
 * before it joins; a cooperative one goes on, and joins again once it has let go of what is not its
 * any more.
 */
final class ClassicClient implements Client {

    private final Stage stage;
    private final String instance;
    private final boolean cooperative;

    private String id = "";
    private int generation = -1;
    private boolean joins = true;
    private boolean waits;
    private int life;
    private Errors lastError = Errors.NONE;
    private SortedSet<Integer> owned = new TreeSet<>();

    ClassicClient(Stage stage, String instance, boolean cooperative) {
        this.stage = stage;
        this.instance = instance;
        this.cooperative = cooperative;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int epoch() {
        return generation;
    }

    @Override
    public Errors lastError() {
        return lastError;
    }

    @Override
    public boolean settled() {
        return !joins && !waits && generation >= 0;
    }

    @Override
    public SortedSet<Integer> orders() {
        return owned;
    }

    /** The process is killed, and starts anew. */
    @Override
    public void restart() {
        life++;
        id = "";
        waits = false;
        lose();
    }

    private void lose() {
        generation = -1;
        owned = new TreeSet<>();
        joins = true;
    }

    @Override
    public void leave() {
        var identity = new MemberIdentity().setMemberId(id).setGroupInstanceId(instance);
        restart();
        if (!identity.memberId().isEmpty()) {
            stage.leave(5, new LeaveGroupRequestData().setGroupId(G).setMembers(List.of(identity)));
        }
    }

    @Override
    public void beat() {
        if (waits) {
            return;
        }
        if (joins) {
            join();
        } else {
            heartbeat();
        }
    }

    private void heartbeat() {
        int current = life;
        stage.coordinator
                .membership()
                .heartbeat(
                        stage.caller(4),
                        new HeartbeatRequestData()
                                .setGroupId(G)
                                .setMemberId(id)
                                .setGroupInstanceId(instance)
                                .setGenerationId(generation),
                        response -> {
                            if (current == life) {
                                lastError = Errors.forCode(response.errorCode());
                                joins |= lastError == Errors.REBALANCE_IN_PROGRESS;
                                loseOn(lastError);
                            }
                        });
        stage.loop.run();
    }

    private void loseOn(Errors error) {
        switch (error) {
            case UNKNOWN_MEMBER_ID -> {
                id = "";
                lose();
            }
            case ILLEGAL_GENERATION -> lose();
            case FENCED_INSTANCE_ID -> restart();
            default -> {}
        }
    }

    // ---- joining ----

    private void join() {
        if (!cooperative) {
            owned = new TreeSet<>();
        }
        int current = life;
        waits = true;
        stage.coordinator
                .membership()
                .join(
                        stage.caller(9),
                        joinRequest(),
                        response -> {
                            if (current == life) {
                                waits = false;
                                hear(response);
                            }
                        });
        stage.loop.run();
    }

    private JoinGroupRequestData joinRequest() {
        var request =
                new JoinGroupRequestData()
                        .setGroupId(G)
                        .setMemberId(id)
                        .setGroupInstanceId(instance)
                        .setProtocolType("consumer")
                        .setSessionTimeoutMs(Stage.SESSION_MS)
                        .setRebalanceTimeoutMs(Stage.REBALANCE_MS);
        List<TopicPartition> claimed =
                owned.stream().map(index -> new TopicPartition("orders", index)).toList();
        ByteBuffer metadata =
                ConsumerProtocol.serializeSubscription(
                        new Subscription(
                                List.of("orders"), null, claimed, generation, Optional.empty()));
        request.protocols()
                .add(
                        new JoinGroupRequestProtocol()
                                .setName("range")
                                .setMetadata(
                                        Arrays.copyOf(metadata.array(), metadata.remaining())));
        return request;
    }

    private void hear(JoinGroupResponseData response) {
        lastError = Errors.forCode(response.errorCode());
        switch (lastError) {
            case NONE -> {
                id = response.memberId();
                generation = response.generationId();
                boolean leads = response.leader().equals(id);
                sync(leads ? assigned(response) : Map.of());
            }
            case MEMBER_ID_REQUIRED -> id = response.memberId();
            default -> loseOn(lastError);
        }
    }

    /** Even shares, in which nobody is given what another one still claims. */
    private Map<String, List<TopicPartition>> assigned(JoinGroupResponseData response) {
        var claims = new TreeMap<Integer, String>();
        var shares = new TreeMap<String, List<TopicPartition>>();
        for (var member : response.members()) {
            shares.put(member.memberId(), new ArrayList<>());
            Subscription said =
                    ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(member.metadata()));
            said.ownedPartitions()
                    .forEach(claim -> claims.put(claim.partition(), member.memberId()));
        }
        List<String> members = List.copyOf(shares.keySet());
        int count = stage.topics.get("orders").partitionCount();
        for (int index = 0; index < count; index++) {
            String member = members.get(index % members.size());
            if (claims.getOrDefault(index, member).equals(member)) {
                shares.get(member).add(new TopicPartition("orders", index));
            }
        }
        return shares;
    }

    private void sync(Map<String, List<TopicPartition>> shares) {
        var request =
                new SyncGroupRequestData()
                        .setGroupId(G)
                        .setMemberId(id)
                        .setGroupInstanceId(instance)
                        .setGenerationId(generation)
                        .setProtocolType("consumer")
                        .setProtocolName("range");
        shares.forEach((member, share) -> {
            ByteBuffer assignment = ConsumerProtocol.serializeAssignment(new Assignment(share));
            request.assignments()
                    .add(
                            new SyncGroupRequestAssignment()
                                    .setMemberId(member)
                                    .setAssignment(
                                            Arrays.copyOf(
                                                    assignment.array(), assignment.remaining())));
        });
        int current = life;
        waits = true;
        stage.coordinator
                .membership()
                .sync(
                        stage.caller(5),
                        request,
                        response -> {
                            if (current == life) {
                                waits = false;
                                hear(response);
                            }
                        });
    }

    private void hear(SyncGroupResponseData response) {
        lastError = Errors.forCode(response.errorCode());
        if (lastError == Errors.NONE) {
            take(partitions(response.assignment()));
        } else {
            joins = true;
            loseOn(lastError);
        }
    }

    private static SortedSet<Integer> partitions(byte[] assignment) {
        var partitions = new TreeSet<Integer>();
        if (assignment.length > 0) {
            ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(assignment))
                    .partitions()
                    .forEach(partition -> partitions.add(partition.partition()));
        }
        return partitions;
    }

    private void take(SortedSet<Integer> given) {
        joins = cooperative && !given.containsAll(owned);
        owned = given;
    }
}
