package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupCommand.Stretch;
import io.tombolo.coordinator.group.GroupQueries;
import io.tombolo.coordinator.runtime.Gathered;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.coordinator.runtime.Ticket;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * DescribeGroups, ListGroups, DeleteGroups and OffsetDelete in all versions. Every call comes from
 * {@link Caller#loop} and is answered there exactly once, perhaps before it returns.
 */
public final class GroupAdministration {

    private final Partitions partitions;
    private final TopicLookup topics;

    GroupAdministration(Partitions partitions, TopicLookup topics) {
        this.partitions = partitions;
        this.topics = topics;
    }

    /** Groups in the order asked for; authorised operations are left to the caller. */
    public void describe(
            Caller caller,
            DescribeGroupsRequestData request,
            Consumer<DescribeGroupsResponseData> answer) {
        var gathered =
                new Gathered<DescribedGroup>(
                        request.groups().size(),
                        all -> answer.accept(new DescribeGroupsResponseData().setGroups(all)));
        for (int i = 0; i < request.groups().size(); i++) {
            String group = request.groups().get(i);
            int place = i;
            partitions.read(
                    partitions.of(group),
                    caller.loop(),
                    state ->
                            GroupQueries.describe(state, List.of(group), caller.apiVersion())
                                    .getFirst(),
                    Reply.of(
                            described -> gathered.put(place, described),
                            error -> GroupQueries.describeRefused(group, error)));
        }
    }

    /** All groups coordinated here, filtered by state and type; an error when one is loading. */
    public void list(
            Caller caller, ListGroupsRequestData request, Consumer<ListGroupsResponseData> answer) {
        var gathered =
                new Gathered<ListGroupsResponseData>(
                        partitions.count(), all -> answer.accept(merged(all)));
        for (int partition = 0; partition < partitions.count(); partition++) {
            int place = partition;
            partitions.read(
                    partition,
                    caller.loop(),
                    state ->
                            new ListGroupsResponseData()
                                    .setGroups(GroupQueries.list(state, request)),
                    Reply.of(
                            listed -> gathered.put(place, listed), GroupAdministration::notListed));
        }
    }

    /**
     * How much there is to coordinate.
     *
     * @param groups that are coordinated here, by partitions that are loaded
     * @param members of them
     */
    public record Counts(int groups, int members) {

        private static final Counts NOTHING = new Counts(0, 0);

        private static Counts sum(List<Counts> all) {
            return new Counts(
                    all.stream().mapToInt(Counts::groups).sum(),
                    all.stream().mapToInt(Counts::members).sum());
        }
    }

    /** Counts the groups that are coordinated here; answered on the loop. */
    public void count(EventLoop loop, Consumer<Counts> answer) {
        var gathered =
                new Gathered<Counts>(partitions.count(), all -> answer.accept(Counts.sum(all)));
        for (int partition = 0; partition < partitions.count(); partition++) {
            int place = partition;
            partitions.read(
                    partition,
                    loop,
                    state ->
                            new Counts(
                                    GroupQueries.groupCount(state),
                                    GroupQueries.memberCount(state)),
                    Reply.of(counts -> gathered.put(place, counts), _ -> Counts.NOTHING));
        }
    }

    private static ListGroupsResponseData notListed(Errors error) {
        Errors shown = error == Errors.NOT_COORDINATOR ? Errors.NONE : error;
        return new ListGroupsResponseData().setErrorCode(shown.code());
    }

    private static ListGroupsResponseData merged(List<ListGroupsResponseData> parts) {
        var groups = new ArrayList<ListedGroup>();
        for (ListGroupsResponseData part : parts) {
            if (part.errorCode() != Errors.NONE.code()) {
                return new ListGroupsResponseData().setErrorCode(part.errorCode());
            }
            groups.addAll(part.groups());
        }
        return new ListGroupsResponseData().setGroups(groups);
    }

    /** Deletes groups without members, with their offsets. */
    public void delete(
            Caller caller,
            DeleteGroupsRequestData request,
            Consumer<DeleteGroupsResponseData> answer) {
        List<String> groups = request.groupsNames();
        var gathered =
                new Gathered<DeletableGroupResult>(
                        groups.size(), all -> answer.accept(deleted(all)));
        for (int i = 0; i < groups.size(); i++) {
            int place = i;
            delete(caller, groups.get(i), result -> gathered.put(place, result));
        }
    }

    private void delete(Caller caller, String group, Consumer<DeletableGroupResult> answer) {
        untilDone(
                caller,
                group,
                ticket -> new GroupCommand.DeleteGroup(group, ticket),
                Reply.of(
                        answer,
                        error ->
                                new DeletableGroupResult()
                                        .setGroupId(group)
                                        .setErrorCode(error.code())
                                        .setErrorMessage(error.message())));
    }

    /** Asks the coordinator of a group again as long as it has more to do. */
    private <R> void untilDone(
            Caller caller,
            String group,
            Function<Ticket<Stretch<R>>, GroupCommand> command,
            Reply<R> reply) {
        partitions.write(
                partitions.of(group),
                caller.loop(),
                command,
                new Reply<Stretch<R>>() {
                    @Override
                    public void answer(Stretch<R> stretch) {
                        if (stretch.more()) {
                            untilDone(caller, group, command, reply);
                        } else {
                            reply.answer(stretch.result());
                        }
                    }

                    @Override
                    public void refuse(Errors error) {
                        reply.refuse(error);
                    }
                });
    }

    private static DeleteGroupsResponseData deleted(List<DeletableGroupResult> all) {
        var results = new DeletableGroupResultCollection(all.size());
        Collection<DeletableGroupResult> filled = results;
        filled.addAll(all);
        return new DeleteGroupsResponseData().setResults(results);
    }

    /** Deletes offsets of topics that the group does not read at this time. */
    public void deleteOffsets(
            Caller caller,
            OffsetDeleteRequestData request,
            Consumer<OffsetDeleteResponseData> answer) {
        if (!GroupMembership.isGroupId(request.groupId())) {
            answer.accept(
                    new OffsetDeleteResponseData().setErrorCode(Errors.INVALID_GROUP_ID.code()));
            return;
        }
        var known = new OffsetDeleteRequestTopicCollection();
        Collection<OffsetDeleteRequestTopic> existing = known;
        var missing = new ArrayList<OffsetDeleteRequestTopic>();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            int count = topics.partitionCount(topic.name());
            split(topic, index -> index >= 0 && index < count).ifPresent(existing::add);
            split(topic, index -> index < 0 || index >= count).ifPresent(missing::add);
        }
        var lookedUp = new OffsetDeleteRequestData().setGroupId(request.groupId()).setTopics(known);
        untilDone(
                caller,
                request.groupId(),
                ticket -> new GroupCommand.DeleteOffsets(lookedUp, ticket),
                Reply.<OffsetDeleteResponseData>of(
                        response -> answer.accept(withMissing(response, missing)),
                        error -> new OffsetDeleteResponseData().setErrorCode(error.code())));
    }

    /** The topic with some of its partitions; empty when there are none of them. */
    private static Optional<OffsetDeleteRequestTopic> split(
            OffsetDeleteRequestTopic topic, IntPredicate wanted) {
        var partitions =
                topic.partitions().stream()
                        .filter(partition -> wanted.test(partition.partitionIndex()))
                        .toList();
        return partitions.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new OffsetDeleteRequestTopic()
                                .setName(topic.name())
                                .setPartitions(partitions));
    }

    private static OffsetDeleteResponseData withMissing(
            OffsetDeleteResponseData response, List<OffsetDeleteRequestTopic> missing) {
        if (response.errorCode() != Errors.NONE.code()) {
            return response;
        }
        Collection<OffsetDeleteResponseTopic> results = response.topics();
        for (OffsetDeleteRequestTopic topic : missing) {
            OffsetDeleteResponseTopic answered = response.topics().find(topic.name());
            if (answered == null) {
                answered = new OffsetDeleteResponseTopic().setName(topic.name());
                results.add(answered);
            }
            Collection<OffsetDeleteResponsePartition> filled = answered.partitions();
            for (var partition : topic.partitions()) {
                filled.add(
                        new OffsetDeleteResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
            }
        }
        return response;
    }
}
