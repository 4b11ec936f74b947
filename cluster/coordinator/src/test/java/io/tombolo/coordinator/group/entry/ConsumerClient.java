package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A member of a consumer group as stock clients behave: it owns what it may read, and lets go. */
final class ConsumerClient implements Client {

    private final Stage stage;
    private final String name;
    private final String instance;

    private String id;
    private int epoch;
    private List<String> topics = List.of("orders");
    private String regex;
    private String assignor;
    private String rack;
    private boolean keepsRevoked;
    private boolean losesAnswers;
    private Errors lastError = Errors.NONE;
    private int underWay;
    private int life;

    /** What it may read by the last answer, and what it still works on. */
    private SortedMap<Uuid, SortedSet<Integer>> target = new TreeMap<>();

    private SortedMap<Uuid, SortedSet<Integer>> owned = new TreeMap<>();

    ConsumerClient(Stage stage, String id, String instance) {
        this.stage = stage;
        this.name = id;
        this.id = id;
        this.instance = instance;
    }

    @Override
    public String id() {
        return id;
    }

    String instance() {
        return instance;
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public Errors lastError() {
        return lastError;
    }

    int underWay() {
        return underWay;
    }

    void subscribe(String... names) {
        topics = List.of(names);
        regex = regex == null ? null : "";
    }

    void subscribeTo(String pattern) {
        topics = List.of();
        regex = pattern;
    }

    void runsIn(String name) {
        rack = name;
    }

    void wantAssignor(String name) {
        assignor = name;
    }

    /** Whether it goes on working on partitions that it shall let go of. */
    void keepRevoked(boolean keeps) {
        keepsRevoked = keeps;
    }

    void loseAnswers(boolean loses) {
        losesAnswers = loses;
    }

    /** The process starts anew. */
    void forget() {
        life++;
        epoch = 0;
        target = new TreeMap<>();
        owned = new TreeMap<>();
    }

    /** The process is killed and started again, and calls itself something new. */
    @Override
    public void restart() {
        forget();
        id = name + "-" + life;
    }

    int life() {
        return life;
    }

    boolean owns(Uuid topic, int partition) {
        var partitions = owned.get(topic);
        return partitions != null && partitions.contains(partition);
    }

    @Override
    public boolean settled() {
        return epoch > 0 && owned.equals(target);
    }

    SortedSet<String> owned() {
        return named(owned);
    }

    @Override
    public SortedSet<Integer> orders() {
        return owned.getOrDefault(stage.topics.get("orders").id(), new TreeSet<>());
    }

    SortedSet<String> mayRead() {
        return named(target);
    }

    private SortedSet<String> named(SortedMap<Uuid, SortedSet<Integer>> partitions) {
        var named = new TreeSet<String>();
        partitions.forEach((topic, indexes) -> {
            String name =
                    stage.topics.entrySet().stream()
                            .filter(entry -> entry.getValue().id().equals(topic))
                            .map(Map.Entry::getKey)
                            .findFirst()
                            .orElse(topic.toString());
            indexes.forEach(index -> named.add(name + "-" + index));
        });
        return named;
    }

    int ownedPartition(String topic) {
        return owned.get(stage.topics.get(topic).id()).first();
    }

    ConsumerGroupHeartbeatRequestData fullRequest() {
        var claimed = new ArrayList<TopicPartitions>();
        owned.forEach((topic, indexes) -> {
            if (!indexes.isEmpty()) {
                claimed.add(
                        new TopicPartitions()
                                .setTopicId(topic)
                                .setPartitions(List.copyOf(indexes)));
            }
        });
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(G)
                .setMemberId(id)
                .setInstanceId(instance)
                .setMemberEpoch(epoch)
                .setRebalanceTimeoutMs(30_000)
                .setSubscribedTopicNames(topics)
                .setSubscribedTopicRegex(regex)
                .setServerAssignor(assignor)
                .setRackId(rack)
                .setTopicPartitions(claimed);
    }

    /** Lets go of what it shall let go of, and says what it owns. */
    @Override
    public void beat() {
        // An answer may have come meanwhile.
        takeUp();
        send(fullRequest());
        stage.loop.run();
        takeUp();
    }

    private void takeUp() {
        if (keepsRevoked) {
            target.forEach((topic, indexes) ->
                    owned.computeIfAbsent(topic, _ -> new TreeSet<>()).addAll(indexes));
        } else if (!owned.equals(target)) {
            settleOwned();
        }
    }

    /** Sends, and does not wait for the answer. */
    void send(ConsumerGroupHeartbeatRequestData request) {
        int current = life;
        underWay++;
        stage.coordinator
                .consumers()
                .heartbeat(
                        stage.caller(1),
                        request,
                        response -> {
                            underWay--;
                            if (!losesAnswers && current == life) {
                                hear(response);
                            }
                        });
    }

    private void hear(ConsumerGroupHeartbeatResponseData response) {
        lastError = Errors.forCode(response.errorCode());
        switch (lastError) {
            case NONE -> {
                epoch = response.memberEpoch();
                if (response.assignment() != null) {
                    target = new TreeMap<>();
                    for (var topic : response.assignment().topicPartitions()) {
                        target.put(topic.topicId(), new TreeSet<>(topic.partitions()));
                    }
                }
            }
            case UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, GROUP_ID_NOT_FOUND -> forget();
            default -> {}
        }
    }

    /** Works on what it may read, and on nothing else. */
    void settleOwned() {
        owned = new TreeMap<>();
        target.forEach((topic, indexes) -> owned.put(topic, new TreeSet<>(indexes)));
    }

    @Override
    public void leave() {
        depart(-1);
    }

    void leaveForNow() {
        depart(-2);
    }

    private void depart(int leaving) {
        var request =
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId(G)
                        .setMemberId(id)
                        .setInstanceId(instance)
                        .setMemberEpoch(leaving);
        forget();
        send(request);
        stage.loop.run();
    }
}
