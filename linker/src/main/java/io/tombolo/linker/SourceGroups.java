package io.tombolo.linker;

import io.tombolo.linker.source.CallOutcome;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.linker.source.SourceNode;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.region.link.GroupOffsets.Committed;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Reads groups and their offsets from one source broker. A broker lists the groups that it
 * coordinates, so the same broker is asked for their offsets and no coordinator has to be looked
 * up; a group that moves meanwhile is found at its new place in the next round. Stateless.
 */
final class SourceGroups {

    static final int GROUPS_MAX = 20_000;
    static final int OFFSETS_MAX = 100_000;
    private static final int METADATA_LENGTH_MAX = 4_096;

    /** Whether a group has offsets that can be copied. */
    record Listed(String group, boolean copyable, String kind) {}

    /** What the source answered for one group. */
    sealed interface Fetched {
        /** Its offsets. */
        record Offsets(Map<TopicPartition, Committed> offsets) implements Fetched {}

        /** It would not say. */
        record Refused(Reason reason) implements Fetched {}
    }

    private SourceGroups() {}

    /**
     * Lists the groups of a broker that a filter chooses.
     *
     * @param found called once; a reason when the broker did not answer
     */
    static void list(
            SourceNode node,
            NameFilter filter,
            Consumer<SortedMap<String, Listed>> found,
            Consumer<Reason> failed) {
        node.ask(
                ClientCall.of(ApiKeys.LIST_GROUPS, 3, 5, new ListGroupsRequestData()),
                outcome -> {
                    switch (outcome) {
                        case CallOutcome.Failed(var reason) -> failed.accept(reason);
                        case CallOutcome.Answered answer -> {
                            answer.lease().release();
                            var body = (ListGroupsResponseData) answer.body();
                            Errors error = Errors.forCode(body.errorCode());
                            if (error == Errors.NONE) {
                                found.accept(chosen(body, filter));
                            } else {
                                failed.accept(refusal(error));
                            }
                        }
                    }
                });
    }

    private static SortedMap<String, Listed> chosen(
            ListGroupsResponseData body, NameFilter filter) {
        var chosen = new TreeMap<String, Listed>();
        for (ListedGroup group : body.groups()) {
            if (chosen.size() < GROUPS_MAX
                    && group.groupId().length() <= 1_000
                    && filter.includes(group.groupId())) {
                String kind = group.groupType().isEmpty() ? "classic" : group.groupType();
                boolean copyable =
                        (kind.equalsIgnoreCase("classic") || kind.equalsIgnoreCase("consumer"))
                                && (group.protocolType().isEmpty()
                                        || group.protocolType().equals("consumer"));
                chosen.put(group.groupId(), new Listed(group.groupId(), copyable, kind));
            }
        }
        return chosen;
    }

    /**
     * Reads the offsets of groups, all in one request where the broker can do so.
     *
     * @param found hears of each group that was answered
     * @param over runs once at the end, with a reason when the broker did not answer
     */
    static void offsets(
            SourceNode node,
            List<String> groups,
            Consumer<Map.Entry<String, Fetched>> found,
            Consumer<Optional<Reason>> over) {
        var request = new OffsetFetchRequestData().setRequireStable(false);
        for (String group : groups) {
            request.groups().add(new OffsetFetchRequestGroup().setGroupId(group).setTopics(null));
        }
        node.ask(
                ClientCall.of(ApiKeys.OFFSET_FETCH, 8, 9, request),
                outcome -> {
                    switch (outcome) {
                        case CallOutcome.Answered answer -> {
                            answer.lease().release();
                            takeBatch((OffsetFetchResponseData) answer.body(), found);
                            over.accept(Optional.empty());
                        }
                        case CallOutcome.Failed(var reason)
                                when reason.code() == Reason.Code.SOURCE_TOO_OLD ->
                                oneByOne(node, groups, found, over);
                        case CallOutcome.Failed(var reason) -> over.accept(Optional.of(reason));
                    }
                });
    }

    /** Brokers before 3.0 answer for one group at a time. */
    private static void oneByOne(
            SourceNode node,
            List<String> groups,
            Consumer<Map.Entry<String, Fetched>> found,
            Consumer<Optional<Reason>> over) {
        if (groups.isEmpty()) {
            over.accept(Optional.empty());
            return;
        }
        String group = groups.getFirst();
        var request = new OffsetFetchRequestData().setGroupId(group).setTopics(null);
        node.ask(
                ClientCall.of(ApiKeys.OFFSET_FETCH, 5, 7, request),
                outcome -> {
                    switch (outcome) {
                        case CallOutcome.Failed(var reason) -> over.accept(Optional.of(reason));
                        case CallOutcome.Answered answer -> {
                            answer.lease().release();
                            takeSingle(group, (OffsetFetchResponseData) answer.body(), found);
                            oneByOne(node, groups.subList(1, groups.size()), found, over);
                        }
                    }
                });
    }

    private static void takeBatch(
            OffsetFetchResponseData body, Consumer<Map.Entry<String, Fetched>> found) {
        for (var group : body.groups()) {
            Errors error = Errors.forCode(group.errorCode());
            if (error != Errors.NONE) {
                found.accept(Map.entry(group.groupId(), new Fetched.Refused(refusal(error))));
                continue;
            }
            var offsets = new LinkedHashMap<TopicPartition, Committed>();
            for (var topic : group.topics()) {
                for (var partition : topic.partitions()) {
                    if (partition.errorCode() == Errors.NONE.code()) {
                        put(
                                offsets,
                                new TopicPartition(topic.name(), partition.partitionIndex()),
                                new Committed(
                                        partition.committedOffset(),
                                        Math.max(-1, partition.committedLeaderEpoch()),
                                        text(partition.metadata())));
                    }
                }
            }
            found.accept(Map.entry(group.groupId(), new Fetched.Offsets(offsets)));
        }
    }

    private static void takeSingle(
            String group,
            OffsetFetchResponseData body,
            Consumer<Map.Entry<String, Fetched>> found) {
        Errors error = Errors.forCode(body.errorCode());
        if (error != Errors.NONE) {
            found.accept(Map.entry(group, new Fetched.Refused(refusal(error))));
            return;
        }
        var offsets = new LinkedHashMap<TopicPartition, Committed>();
        for (var topic : body.topics()) {
            for (var partition : topic.partitions()) {
                if (partition.errorCode() == Errors.NONE.code()) {
                    put(
                            offsets,
                            new TopicPartition(topic.name(), partition.partitionIndex()),
                            new Committed(
                                    partition.committedOffset(),
                                    Math.max(-1, partition.committedLeaderEpoch()),
                                    text(partition.metadata())));
                }
            }
        }
        found.accept(Map.entry(group, new Fetched.Offsets(offsets)));
    }

    private static void put(
            Map<TopicPartition, Committed> offsets, TopicPartition partition, Committed value) {
        if (value.offset() >= 0
                && partition.partition() >= 0
                && offsets.size() < OFFSETS_MAX
                && SourceInventory.isLegalName(partition.topic())) {
            offsets.put(partition, value);
        }
    }

    private static String text(@Nullable String metadata) {
        return metadata == null || metadata.length() > METADATA_LENGTH_MAX ? "" : metadata;
    }

    private static Reason refusal(Errors error) {
        return new Reason(SourceInventory.codeOf(error), "the source answers " + error);
    }
}
