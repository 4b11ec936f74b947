package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.simulation.law.Progress;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A member of a consumer group (KIP-848), as stock clients behave: it works on what it was given
 * last, lets go of the rest at once, and tells so with its next heartbeat.
 */
public final class ConsumerMember {

    private static final int REBALANCE_MS = 5_000;
    private static final int LEAVING = -1;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** How many commits there are among commits and heartbeats. */
    private static final double COMMIT_SHARE = 0.5;

    private final Environment environment;
    private final Site site;
    private final Member.Group group;
    private final String id;
    private final Hearing hearing;
    private final SimulatedEntropy dice;
    private final Variant variant;
    private final Route route;
    private final Map<Place, Reading> readings = new LinkedHashMap<>();
    private final Map<Place, Long> committed = new LinkedHashMap<>();
    private Set<Place> given = Set.of();
    private final Set<Place> kept = new LinkedHashSet<>();
    private int epoch;

    /** Whether the next heartbeat has to say everything: the coordinator may not know it. */
    private boolean whole = true;

    private boolean leaving;
    private boolean stopped;

    /** Hears of the group as well as of its offsets. */
    public interface Hearing extends Progress {

        /** In an epoch of the group a member works on partitions. */
        void owns(Site site, String group, String member, int epoch, Collection<Place> places);

        /** A commit was refused because the group has gone on without this member. */
        void stale();
    }

    /** Who it is, and what is wrong with it if anything. */
    public record Self(String id, Variant variant) {}

    public ConsumerMember(
            Environment environment,
            Site site,
            Member.Group group,
            Self self,
            Hearing hearing,
            SimulatedEntropy dice) {
        this.environment = environment;
        this.site = site;
        this.group = group;
        this.id = self.id();
        this.variant = self.variant();
        this.hearing = hearing;
        this.dice = dice;
        this.route = new Route(environment, site.bootstrap(), id);
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
        } else if (leaving || epoch == 0) {
            heartbeat();
        } else if (!readings.keySet().containsAll(given)) {
            resume();
        } else if (hasProgress() && dice.chance(COMMIT_SHARE)) {
            commit();
        } else {
            heartbeat();
        }
    }

    private boolean hasProgress() {
        return given.stream()
                .anyMatch(place -> readings.get(place).position() > committed.get(place));
    }

    /** Goes on after an error of the coordinator, as far back as it asks for. */
    private void recover(Errors error) {
        whole = true;
        switch (error) {
            case UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, GROUP_ID_NOT_FOUND -> {
                epoch = 0;
                kept.clear();
                work(Set.of());
            }
            case STALE_MEMBER_EPOCH, UNSTABLE_OFFSET_COMMIT -> {}
            default -> route.forget();
        }
        later(dice.between(20, 200));
    }

    // --- being a member

    private void heartbeat() {
        var body =
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId(group.name())
                        .setMemberId(id)
                        .setMemberEpoch(leaving ? LEAVING : epoch);
        if (whole && !leaving) {
            var topics = group.places().stream().map(Place::topic).distinct().toList();
            body.setRebalanceTimeoutMs(REBALANCE_MS)
                    .setSubscribedTopicNames(topics)
                    .setTopicPartitions(claimed());
        }
        route.call(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                1,
                body,
                ConsumerGroupHeartbeatResponseData.class,
                PATIENCE,
                this::heard);
    }

    private List<TopicPartitions> claimed() {
        var claimed = new ArrayList<TopicPartitions>();
        byTopic(given)
                .forEach((topic, partitions) ->
                        site.newestMetadata()
                                .topics()
                                .topic(topic)
                                .ifPresent(image ->
                                        claimed.add(
                                                new TopicPartitions()
                                                        .setTopicId(image.id())
                                                        .setPartitions(partitions))));
        return claimed;
    }

    private static Map<String, List<Integer>> byTopic(Collection<Place> places) {
        var topics = new LinkedHashMap<String, List<Integer>>();
        for (Place place : places) {
            topics.computeIfAbsent(place.topic(), _ -> new ArrayList<>()).add(place.partition());
        }
        return topics;
    }

    private void heard(Optional<ConsumerGroupHeartbeatResponseData> answer) {
        if (stopped) {
            return;
        }
        if (leaving) {
            vanish();
            return;
        }
        Errors error =
                answer.map(it -> Errors.forCode(it.errorCode())).orElse(Errors.NETWORK_EXCEPTION);
        if (error != Errors.NONE) {
            recover(error);
            return;
        }
        epoch = answer.get().memberEpoch();
        whole = false;
        if (answer.get().assignment() != null) {
            work(places(answer.get().assignment()));
        }
        var owned = new LinkedHashSet<>(given);
        owned.addAll(kept);
        hearing.owns(site, group.name(), id, epoch, owned);
        later(whole ? 1 : dice.between(50, 400));
    }

    private Set<Place> places(ConsumerGroupHeartbeatResponseData.Assignment assignment) {
        var places = new LinkedHashSet<Place>();
        for (var topic : assignment.topicPartitions()) {
            site.newestMetadata()
                    .topics()
                    .topic(topic.topicId())
                    .ifPresent(image ->
                            topic.partitions()
                                    .forEach(index -> places.add(new Place(image.name(), index))));
        }
        return places;
    }

    /** Works on these partitions from now on, and on no others. */
    private void work(Set<Place> next) {
        // Who has let go has to say so.
        whole |= !next.containsAll(given);
        if (variant == Variant.REVOKED_PARTITIONS_ARE_KEPT) {
            kept.addAll(given);
        }
        given = next;
        readings.forEach((place, reading) -> {
            if (!next.contains(place)) {
                reading.stop();
            }
        });
        readings.keySet().retainAll(next);
        committed.keySet().retainAll(next);
    }

    // --- positions

    private void resume() {
        var asked = new LinkedHashMap<Place, Progress.Asked>();
        for (Place place : given) {
            if (!readings.containsKey(place)) {
                asked.put(place, hearing.asking(site, group.name(), place));
            }
        }
        var question =
                new OffsetFetchRequestData.OffsetFetchRequestGroup()
                        .setGroupId(group.name())
                        .setMemberId(id)
                        .setMemberEpoch(epoch)
                        .setTopics(new ArrayList<>());
        byTopic(asked.keySet())
                .forEach((topic, partitions) ->
                        question.topics()
                                .add(
                                        new OffsetFetchRequestData.OffsetFetchRequestTopics()
                                                .setName(topic)
                                                .setPartitionIndexes(partitions)));
        route.call(
                ApiKeys.OFFSET_FETCH,
                9,
                new OffsetFetchRequestData().setRequireStable(true).setGroups(List.of(question)),
                OffsetFetchResponseData.class,
                PATIENCE,
                answer ->
                        answer.ifPresentOrElse(
                                found -> found(found.groups().getFirst(), asked),
                                () -> recover(Errors.NETWORK_EXCEPTION)));
    }

    private void found(
            OffsetFetchResponseData.OffsetFetchResponseGroup answer,
            Map<Place, Progress.Asked> asked) {
        if (stopped) {
            return;
        }
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
        for (var topic : answer.topics()) {
            for (var partition : topic.partitions()) {
                var place = new Place(topic.name(), partition.partitionIndex());
                begin(place, partition.committedOffset(), asked.get(place));
            }
        }
        later(1);
    }

    private void begin(Place place, long offset, Progress.Asked asked) {
        hearing.resumed(site, group.name(), place, offset, asked);
        var reading = new Reading(environment, site, place, group.name(), hearing, dice);
        readings.put(place, reading);
        committed.put(place, Math.max(0, offset));
        reading.startAt(Math.max(0, offset));
    }

    private void commit() {
        var offsets = positions();
        var asked = new LinkedHashMap<Place, Progress.Asked>();
        var body =
                new OffsetCommitRequestData()
                        .setGroupId(group.name())
                        .setMemberId(id)
                        .setGenerationIdOrMemberEpoch(epoch);
        byTopic(offsets.keySet())
                .forEach((name, partitions) -> {
                    var topic =
                            new OffsetCommitRequestData.OffsetCommitRequestTopic().setName(name);
                    for (int partition : partitions) {
                        var place = new Place(name, partition);
                        asked.put(place, hearing.asking(site, group.name(), place));
                        topic.partitions()
                                .add(
                                        new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                                .setPartitionIndex(partition)
                                                .setCommittedOffset(written(offsets.get(place)))
                                                .setCommittedMetadata(""));
                    }
                    body.topics().add(topic);
                });
        route.call(
                ApiKeys.OFFSET_COMMIT,
                9,
                body,
                OffsetCommitResponseData.class,
                PATIENCE,
                answer ->
                        answer.ifPresentOrElse(
                                it -> committed(it, offsets, asked), () -> unanswered(offsets)));
    }

    private long written(long position) {
        return variant == Variant.CONSUMERS_COMMIT_LESS ? position / 2 : position;
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
                    committed.replace(place, offsets.get(place));
                    hearing.committed(
                            site, group.name(), place, offsets.get(place), asked.get(place));
                } else {
                    last = error;
                }
            }
        }
        if (last == Errors.STALE_MEMBER_EPOCH || last == Errors.UNKNOWN_MEMBER_ID) {
            hearing.stale();
        }
        if (last == Errors.NONE) {
            later(dice.between(50, 400));
        } else {
            recover(last);
        }
    }
}
