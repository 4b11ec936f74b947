package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.consumer.ConsumerDescription;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What is answered from a state without changing it. */
public final class GroupQueries {

    /** From this version of DescribeGroups on, a group that does not exist is an error. */
    private static final int VERSION_NOT_FOUND = 6;

    private static final String TYPE = "classic";
    private static final String CONSUMER_TYPE = "consumer";

    private GroupQueries() {}

    // ---- OffsetFetch ----

    /** The positions asked for; for all topics when the request names none (null). */
    public static OffsetFetchResponseGroup offsets(
            GroupsState state, OffsetFetchRequestGroup request) {
        ConsumerGroup consumers = state.consumers().get(request.groupId());
        Errors refusal =
                consumers == null
                        ? Errors.NONE
                        : consumers.checkFetch(request.memberId(), request.memberEpoch());
        if (refusal != Errors.NONE) {
            return new OffsetFetchResponseGroup()
                    .setGroupId(request.groupId())
                    .setErrorCode(refusal.code());
        }
        var topics = new ArrayList<OffsetFetchResponseTopics>();
        @Nullable List<OffsetFetchRequestTopics> wanted = request.topics();
        if (wanted == null) {
            state.offsetsOf(request.groupId())
                    .forEach((topic, partitions) -> topics.add(allOf(topic, partitions)));
        } else {
            for (OffsetFetchRequestTopics topic : wanted) {
                topics.add(wantedOf(state, request.groupId(), topic));
            }
        }
        return new OffsetFetchResponseGroup().setGroupId(request.groupId()).setTopics(topics);
    }

    /** The same, where a partition that an open transaction may commit is an error. */
    static OffsetFetchResponseGroup stableOffsets(
            GroupsState state, OffsetFetchRequestGroup request) {
        OffsetFetchResponseGroup response = offsets(state, request);
        for (OffsetFetchResponseTopics topic : response.topics()) {
            topic.setPartitions(
                    topic.partitions().stream()
                            .map(position ->
                                    state.pending()
                                                    .isPending(
                                                            request.groupId(),
                                                            topic.name(),
                                                            position.partitionIndex())
                                            ? noPosition(
                                                    position.partitionIndex(),
                                                    Errors.UNSTABLE_OFFSET_COMMIT)
                                            : position)
                            .toList());
        }
        return response;
    }

    private static OffsetFetchResponseTopics allOf(
            String topic, Map<Integer, CommittedOffset> partitions) {
        var answer = new OffsetFetchResponseTopics().setName(topic);
        partitions.forEach((index, offset) -> {
            answer.partitions().add(position(index, offset));
            if (!offset.topicId().equals(Uuid.ZERO_UUID)) {
                answer.setTopicId(offset.topicId());
            }
        });
        return answer;
    }

    private static OffsetFetchResponseTopics wantedOf(
            GroupsState state, String group, OffsetFetchRequestTopics topic) {
        var answer =
                new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
        for (int index : topic.partitionIndexes()) {
            CommittedOffset offset = state.offset(group, topic.name(), index);
            boolean usable = offset != null && !offset.isOfOtherTopic(topic.topicId());
            answer.partitions().add(position(index, usable ? offset : null));
        }
        return answer;
    }

    private static OffsetFetchResponsePartitions position(
            int index, @Nullable CommittedOffset offset) {
        return offset == null
                ? noPosition(index, Errors.NONE)
                : new OffsetFetchResponsePartitions()
                        .setPartitionIndex(index)
                        .setCommittedOffset(offset.offset())
                        .setCommittedLeaderEpoch(offset.leaderEpoch())
                        .setMetadata(offset.metadata());
    }

    /** A partition without a position, or whose position cannot be told. */
    public static OffsetFetchResponsePartitions noPosition(int index, Errors error) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(index)
                .setCommittedOffset(-1)
                .setCommittedLeaderEpoch(-1)
                .setMetadata("")
                .setErrorCode(error.code());
    }

    /** The groups that have committed offsets. */
    public static SortedSet<String> groupsWithOffsets(GroupsState state) {
        return new TreeSet<>(state.offsets().keySet());
    }

    /** Everything a group has committed. */
    public static Map<TopicPartition, CommittedOffset> committed(GroupsState state, String group) {
        Map<TopicPartition, CommittedOffset> committed = new HashMap<>();
        state.offsetsOf(group)
                .forEach((topic, partitions) ->
                        partitions.forEach((index, offset) ->
                                committed.put(new TopicPartition(topic, index), offset)));
        return committed;
    }

    // ---- DescribeGroups ----

    /** Groups in the order asked for; what does not exist is shown as the version wants it. */
    public static List<DescribedGroup> describe(
            GroupsState state, List<String> groups, short version) {
        var described = new ArrayList<DescribedGroup>(groups.size());
        for (String id : groups) {
            String why =
                    state.consumers().containsKey(id)
                            ? "Group %s is not a classic group.".formatted(id)
                            : "Group %s not found.".formatted(id);
            described.add(
                    state.group(id)
                            .map(GroupQueries::describe)
                            .orElseGet(() -> describeDead(id, version, why)));
        }
        return described;
    }

    private static DescribedGroup describe(ClassicGroup group) {
        boolean stable = group.is(GroupState.STABLE);
        String protocol = group.generation().protocol();
        var members = new ArrayList<DescribedGroupMember>(group.roster().size());
        for (Member member : group.roster().all()) {
            members.add(
                    new DescribedGroupMember()
                            .setMemberId(member.id())
                            .setGroupInstanceId(member.instanceId())
                            .setClientId(member.origin().clientId())
                            .setClientHost(member.origin().clientHost())
                            .setMemberMetadata(stable ? member.metadata(protocol) : Member.NOTHING)
                            .setMemberAssignment(stable ? member.assignment() : Member.NOTHING));
        }
        return new DescribedGroup()
                .setGroupId(group.id())
                .setGroupState(group.state().label())
                .setProtocolType(group.protocolTypeOrEmpty())
                .setProtocolData(stable && protocol != null ? protocol : "")
                .setMembers(members);
    }

    private static DescribedGroup describeDead(String id, short version, String why) {
        var dead = new DescribedGroup().setGroupId(id).setGroupState(GroupState.DEAD);
        return version < VERSION_NOT_FOUND
                ? dead
                : dead.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()).setErrorMessage(why);
    }

    /** A group that cannot be described now. */
    public static DescribedGroup describeRefused(String id, Errors error) {
        return new DescribedGroup().setGroupId(id).setErrorCode(error.code());
    }

    // ---- ListGroups ----

    /** Groups that pass the filters, in the order of their ids. */
    public static List<ListedGroup> list(GroupsState state, ListGroupsRequestData filter) {
        var listed = new ArrayList<ListedGroup>();
        for (ClassicGroup group : state.groups().values()) {
            listed.add(
                    new ListedGroup()
                            .setGroupId(group.id())
                            .setProtocolType(group.protocolTypeOrEmpty())
                            .setGroupState(group.state().label())
                            .setGroupType(TYPE));
        }
        for (ConsumerGroup group : state.consumers().values()) {
            listed.add(
                    new ListedGroup()
                            .setGroupId(group.id())
                            .setProtocolType(ClassicGroup.CONSUMER_PROTOCOL)
                            .setGroupState(group.state().label())
                            .setGroupType(CONSUMER_TYPE));
        }
        listed.removeIf(group ->
                !passes(filter.typesFilter(), group.groupType())
                        || !passes(filter.statesFilter(), group.groupState()));
        listed.sort(Comparator.comparing(ListedGroup::groupId));
        return listed;
    }

    /** How many groups there are, of both protocols. */
    public static int groupCount(GroupsState state) {
        return state.groups().size() + state.consumers().size();
    }

    /** How many members they have. */
    public static int memberCount(GroupsState state) {
        int classic = state.groups().values().stream().mapToInt(it -> it.roster().size()).sum();
        return classic
                + state.consumers().values().stream().mapToInt(it -> it.members().size()).sum();
    }

    /** A filter that names nothing lets everything pass. */
    private static boolean passes(List<String> filter, String value) {
        return filter.isEmpty() || namesOne(filter, value);
    }

    // ---- ConsumerGroupDescribe ----

    /** A consumer group, with the names of its topics; an error for what is none. */
    public static ConsumerGroupDescribeResponseData.DescribedGroup describeConsumers(
            GroupsState state, String id, ClusterTopics topics) {
        ConsumerGroup group = state.consumers().get(id);
        if (group != null) {
            return ConsumerDescription.of(group, topics);
        }
        String why = state.group(id).isPresent() ? "is not a consumer group" : "not found";
        return new ConsumerGroupDescribeResponseData.DescribedGroup()
                .setGroupId(id)
                .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                .setErrorMessage("Group %s %s.".formatted(id, why));
    }

    private static boolean namesOne(List<String> names, String wanted) {
        for (String name : names) {
            if (name.toLowerCase(Locale.ROOT).equals(wanted.toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }
}
