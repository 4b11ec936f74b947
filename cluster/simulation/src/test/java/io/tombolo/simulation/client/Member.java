package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.simulation.law.Progress;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A member of a classic group.
 *
 * <pre>
 * locate -> join -> sync -> resume -> heartbeat and commit, while readings go on
 *    ^        ^                          |
 *    +--------+--- a rebalance, another coordinator, or no answer
 * </pre>
 */
public final class Member {

    private static final String PROTOCOL_TYPE = "consumer";
    private static final String PROTOCOL = "spread";
    private static final int SUBSCRIPTION_BYTES_MAX = 1_024;
    private static final int SESSION_MS = 2_000;
    private static final int REBALANCE_MS = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration JOIN_PATIENCE = Duration.ofSeconds(7);

    /** How many commits there are among commits and heartbeats. */
    private static final double COMMIT_SHARE = 0.6;

    private final Environment environment;
    private final Site site;
    private final Group group;
    private final Hearing hearing;
    private final SimulatedEntropy dice;
    private final Route route;
    private final Map<Place, Reading> readings = new LinkedHashMap<>();
    private final Map<Place, Long> committed = new LinkedHashMap<>();
    private List<Place> assigned = List.of();
    private List<String> others = List.of();
    private String memberId = "";
    private int generation = -1;
    private Step step = Step.JOIN;
    private boolean leaving;
    private boolean stopped;

    /** What the group reads. */
    public record Group(String name, List<Place> places) {}

    /** Hears of the group as well as of its offsets. */
    public interface Hearing extends Progress {

        /** The member was given partitions in a generation. */
        void assigned(Site site, String group, int generation);

        /** A commit was refused because the group has gone on without this member. */
        void stale();
    }

    private enum Step {
        JOIN,
        SYNC,
        RESUME,
        STAY
    }

    public Member(
            Environment environment,
            Site site,
            Group group,
            Hearing hearing,
            SimulatedEntropy dice) {
        this.environment = environment;
        this.site = site;
        this.group = group;
        this.hearing = hearing;
        this.dice = dice;
        this.route = new Route(environment, site.bootstrap(), "member of " + group.name());
    }

    public void start() {
        later(1);
    }

    /** Leaves the group in an orderly way. */
    public void leave() {
        leaving = true;
    }

    /** Is gone without a word. */
    public void vanish() {
        stopped = true;
        route.close();
        readings.values().forEach(Reading::stop);
    }

    public Site site() {
        return site;
    }

    /** How far it has read the partitions that it has now. */
    public Map<Place, Long> positions() {
        var found = new LinkedHashMap<Place, Long>();
        readings.forEach((place, reading) -> found.put(place, reading.position()));
        return found;
    }

    private void later(long ms) {
        route.later(ms, this::go);
    }

    private void go() {
        if (stopped) {
            return;
        }
        if (!route.found()) {
            route.toCoordinator(
                    group.name(), _ -> later(route.found() ? 1 : dice.between(20, 300)));
            return;
        }
        switch (step) {
            case JOIN -> join();
            case SYNC -> sync();
            case RESUME -> resume();
            case STAY -> stay();
        }
    }

    private void stay() {
        if (leaving) {
            leaveNow();
        } else if (hasProgress() && dice.chance(COMMIT_SHARE)) {
            commit();
        } else {
            heartbeat();
        }
    }

    private boolean hasProgress() {
        return readings.entrySet().stream()
                .anyMatch(it -> it.getValue().position() > committed.get(it.getKey()));
    }

    /** Goes on after an error of the coordinator, as far back as it asks for. */
    private void recover(Errors error) {
        switch (error) {
            case REBALANCE_IN_PROGRESS -> rejoin();
            case ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID -> {
                memberId = error == Errors.UNKNOWN_MEMBER_ID ? "" : memberId;
                rejoin();
            }
            default -> route.forget();
        }
        later(dice.between(20, 200));
    }

    private void rejoin() {
        generation = -1;
        step = Step.JOIN;
        readings.values().forEach(Reading::stop);
        readings.clear();
        committed.clear();
    }

    // --- joining

    private void join() {
        var protocol =
                new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName(PROTOCOL)
                        .setMetadata(subscription());
        var body =
                new JoinGroupRequestData()
                        .setGroupId(group.name())
                        .setSessionTimeoutMs(SESSION_MS)
                        .setRebalanceTimeoutMs(REBALANCE_MS)
                        .setMemberId(memberId)
                        .setProtocolType(PROTOCOL_TYPE);
        body.protocols().add(protocol);
        route.call(
                ApiKeys.JOIN_GROUP,
                7,
                body,
                JoinGroupResponseData.class,
                JOIN_PATIENCE,
                answer -> answer.ifPresentOrElse(this::joined, () -> recover(Errors.NONE)));
    }

    /** The topics in the form that consumers use, version 0; what is assigned is opaque text. */
    private byte[] subscription() {
        var bytes = ByteBuffer.allocate(SUBSCRIPTION_BYTES_MAX).putShort((short) 0);
        var topics = group.places().stream().map(Place::topic).distinct().toList();
        bytes.putInt(topics.size());
        for (String topic : topics) {
            bytes.putShort((short) topic.length()).put(topic.getBytes(StandardCharsets.UTF_8));
        }
        return Arrays.copyOf(bytes.putInt(-1).array(), bytes.position());
    }

    private void joined(JoinGroupResponseData answer) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.MEMBER_ID_REQUIRED) {
            memberId = answer.memberId();
            later(1);
        } else if (error == Errors.NONE) {
            memberId = answer.memberId();
            generation = answer.generationId();
            others =
                    answer.leader().equals(memberId)
                            ? answer.members().stream()
                                    .map(JoinGroupResponseData.JoinGroupResponseMember::memberId)
                                    .sorted()
                                    .toList()
                            : List.of();
            step = Step.SYNC;
            later(1);
        } else {
            recover(error);
        }
    }

    private void sync() {
        var body =
                new SyncGroupRequestData()
                        .setGroupId(group.name())
                        .setGenerationId(generation)
                        .setMemberId(memberId)
                        .setProtocolType(PROTOCOL_TYPE)
                        .setProtocolName(PROTOCOL);
        spread().forEach((member, places) ->
                body.assignments()
                        .add(
                                new SyncGroupRequestData.SyncGroupRequestAssignment()
                                        .setMemberId(member)
                                        .setAssignment(written(places))));
        route.call(
                ApiKeys.SYNC_GROUP,
                5,
                body,
                SyncGroupResponseData.class,
                JOIN_PATIENCE,
                answer -> answer.ifPresentOrElse(this::synced, () -> recover(Errors.NONE)));
    }

    /** What the leader decides: one partition after the other to one member after the other. */
    private Map<String, List<Place>> spread() {
        var shares = new TreeMap<String, List<Place>>();
        others.forEach(member -> shares.put(member, new ArrayList<>()));
        for (int index = 0; index < group.places().size() && !others.isEmpty(); index++) {
            shares.get(others.get(index % others.size())).add(group.places().get(index));
        }
        return shares;
    }

    private static byte[] written(List<Place> places) {
        return places.stream()
                .map(Place::toString)
                .collect(Collectors.joining(","))
                .getBytes(StandardCharsets.UTF_8);
    }

    private void synced(SyncGroupResponseData answer) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error != Errors.NONE) {
            recover(error);
            return;
        }
        var text = List.of(new String(answer.assignment(), StandardCharsets.UTF_8).split(","));
        assigned =
                group.places().stream().filter(place -> text.contains(place.toString())).toList();
        hearing.assigned(site, group.name(), generation);
        step = Step.RESUME;
        later(1);
    }

    private void resume() {
        if (assigned.isEmpty()) {
            step = Step.STAY;
            later(1);
            return;
        }
        var body = new OffsetFetchRequestData().setGroupId(group.name()).setRequireStable(true);
        var asked = new LinkedHashMap<Place, Progress.Asked>();
        var topics = new LinkedHashMap<String, List<Integer>>();
        for (Place place : assigned) {
            topics.computeIfAbsent(place.topic(), _ -> new ArrayList<>()).add(place.partition());
            asked.put(place, hearing.asking(site, group.name(), place));
        }
        body.setTopics(new ArrayList<>());
        topics.forEach((topic, partitions) ->
                body.topics()
                        .add(
                                new OffsetFetchRequestData.OffsetFetchRequestTopic()
                                        .setName(topic)
                                        .setPartitionIndexes(partitions)));
        route.call(
                ApiKeys.OFFSET_FETCH,
                7,
                body,
                OffsetFetchResponseData.class,
                PATIENCE,
                answer ->
                        answer.ifPresentOrElse(
                                found -> found(found, asked), () -> recover(Errors.NONE)));
    }

    private void found(OffsetFetchResponseData answer, Map<Place, Progress.Asked> asked) {
        Errors error = Errors.forCode(answer.errorCode());
        for (var topic : answer.topics()) {
            for (var partition : topic.partitions()) {
                error = error == Errors.NONE ? Errors.forCode(partition.errorCode()) : error;
            }
        }
        if (error != Errors.NONE) {
            recover(error);
            return;
        }
        step = Step.STAY;
        for (var topic : answer.topics()) {
            for (var partition : topic.partitions()) {
                var place = new Place(topic.name(), partition.partitionIndex());
                begin(place, partition.committedOffset(), asked.get(place));
            }
        }
        later(1);
    }

    private void begin(Place place, long offset, Progress.Asked asked) {
        if (!stopped) {
            hearing.resumed(site, group.name(), place, offset, asked);
            var reading = new Reading(environment, site, place, group.name(), hearing, dice);
            readings.put(place, reading);
            committed.put(place, Math.max(0, offset));
            reading.startAt(Math.max(0, offset));
        }
    }

    // --- being a member

    private void heartbeat() {
        var body =
                new HeartbeatRequestData()
                        .setGroupId(group.name())
                        .setGenerationId(generation)
                        .setMemberId(memberId);
        route.call(
                ApiKeys.HEARTBEAT,
                4,
                body,
                HeartbeatResponseData.class,
                PATIENCE,
                answer -> {
                    Errors error =
                            answer.map(it -> Errors.forCode(it.errorCode()))
                                    .orElse(Errors.NETWORK_EXCEPTION);
                    if (error == Errors.NONE) {
                        later(dice.between(50, 400));
                    } else {
                        recover(error);
                    }
                });
    }

    private void commit() {
        var body =
                new OffsetCommitRequestData()
                        .setGroupId(group.name())
                        .setMemberId(memberId)
                        .setGenerationIdOrMemberEpoch(generation);
        var offsets = positions();
        var asked = new LinkedHashMap<Place, Progress.Asked>();
        var topics = new LinkedHashMap<String, OffsetCommitRequestData.OffsetCommitRequestTopic>();
        offsets.forEach((place, offset) -> {
            asked.put(place, hearing.asking(site, group.name(), place));
            topics.computeIfAbsent(
                            place.topic(),
                            name ->
                                    new OffsetCommitRequestData.OffsetCommitRequestTopic()
                                            .setName(name))
                    .partitions()
                    .add(
                            new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                    .setPartitionIndex(place.partition())
                                    .setCommittedOffset(offset)
                                    .setCommittedMetadata(""));
        });
        body.topics().addAll(topics.values());
        route.call(
                ApiKeys.OFFSET_COMMIT,
                8,
                body,
                OffsetCommitResponseData.class,
                PATIENCE,
                answer ->
                        answer.ifPresentOrElse(
                                it -> committed(it, offsets, asked), () -> unanswered(offsets)));
    }

    private void unanswered(Map<Place, Long> offsets) {
        offsets.forEach((place, offset) -> hearing.unanswered(site, group.name(), place, offset));
        recover(Errors.NETWORK_EXCEPTION);
    }

    private void committed(
            OffsetCommitResponseData answer,
            Map<Place, Long> offsets,
            Map<Place, Progress.Asked> asked) {
        Errors last = Errors.NONE;
        for (var topic : answer.topics()) {
            for (var partition : topic.partitions()) {
                var place = new Place(topic.name(), partition.partitionIndex());
                Errors error = Errors.forCode(partition.errorCode());
                if (error == Errors.NONE) {
                    committed.put(place, offsets.get(place));
                    hearing.committed(
                            site, group.name(), place, offsets.get(place), asked.get(place));
                } else {
                    last = error;
                }
            }
        }
        if (last == Errors.ILLEGAL_GENERATION || last == Errors.UNKNOWN_MEMBER_ID) {
            hearing.stale();
        }
        if (last == Errors.NONE) {
            later(dice.between(50, 400));
        } else {
            recover(last);
        }
    }

    private void leaveNow() {
        var body = new LeaveGroupRequestData().setGroupId(group.name()).setMemberId(memberId);
        route.call(
                ApiKeys.LEAVE_GROUP,
                2,
                body,
                LeaveGroupResponseData.class,
                PATIENCE,
                _ -> vanish());
    }
}
