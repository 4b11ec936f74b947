package io.tombolo.broker.request.group;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Gathering;
import io.tombolo.coordinator.group.entry.Caller;
import io.tombolo.coordinator.group.entry.GroupCoordinator;

import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/** OffsetFetch: one group up to v7, many from v8 on. */
public final class OffsetFetchHandler implements RequestHandler<OffsetFetchRequestData> {

    private static final short FIRST_WITH_GROUPS = 8;
    private static final short FIRST_WITH_TOP_LEVEL_ERROR = 2;

    private final GroupCoordinator groups;
    private final boolean moving;

    /**
     * @param moving whether groups come from other regions
     */
    public OffsetFetchHandler(GroupCoordinator groups, boolean moving) {
        this.groups = groups;
        this.moving = moving;
    }

    @Override
    public void handle(Exchange exchange, OffsetFetchRequestData body) {
        Caller caller = GroupHandlers.caller(exchange);
        if (exchange.version() < FIRST_WITH_GROUPS) {
            groups.offsets()
                    .fetch(
                            caller,
                            single(body),
                            body.requireStable(),
                            answer -> exchange.answer(old(answer, exchange.version())));
            return;
        }
        if (body.groups().isEmpty()) {
            exchange.answer(new OffsetFetchResponseData());
            return;
        }
        var gathering =
                new Gathering<OffsetFetchResponseGroup>(
                        body.groups().size(),
                        answers ->
                                exchange.answer(new OffsetFetchResponseData().setGroups(answers)));
        for (int index = 0; index < body.groups().size(); index++) {
            int place = index;
            OffsetFetchRequestGroup group = body.groups().get(index);
            groups.offsets()
                    .fetch(
                            caller,
                            group,
                            body.requireStable(),
                            answer -> gathering.fill(place, greeted(group, answer)));
        }
    }

    /**
     * A member of a group that was coordinated in another region has not joined here yet. That it
     * is unknown would end its reader; told to ask again, it asks as the member that it is by then.
     */
    private OffsetFetchResponseGroup greeted(
            OffsetFetchRequestGroup group, OffsetFetchResponseGroup answer) {
        boolean stranger =
                answer.errorCode() == Errors.UNKNOWN_MEMBER_ID.code()
                        || answer.errorCode() == Errors.GROUP_ID_NOT_FOUND.code();
        return moving && stranger && group.memberId() != null
                ? answer.setErrorCode(Errors.COORDINATOR_LOAD_IN_PROGRESS.code())
                : answer;
    }

    private static OffsetFetchRequestGroup single(OffsetFetchRequestData body) {
        var group = new OffsetFetchRequestGroup().setGroupId(body.groupId());
        List<OffsetFetchRequestTopic> topics = body.topics();
        return topics == null
                ? group.setTopics(null)
                : group.setTopics(
                        topics.stream()
                                .map(topic ->
                                        new OffsetFetchRequestTopics()
                                                .setName(topic.name())
                                                .setPartitionIndexes(topic.partitionIndexes()))
                                .toList());
    }

    /** The answer in the form that versions up to 7 have. */
    private static OffsetFetchResponseData old(OffsetFetchResponseGroup answer, short version) {
        var response = new OffsetFetchResponseData().setErrorCode(answer.errorCode());
        boolean spread =
                version < FIRST_WITH_TOP_LEVEL_ERROR && answer.errorCode() != Errors.NONE.code();
        for (OffsetFetchResponseTopics topic : answer.topics()) {
            var old = new OffsetFetchResponseTopic().setName(topic.name());
            for (OffsetFetchResponsePartitions partition : topic.partitions()) {
                old.partitions()
                        .add(
                                new OffsetFetchResponsePartition()
                                        .setPartitionIndex(partition.partitionIndex())
                                        .setCommittedOffset(partition.committedOffset())
                                        .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                                        .setMetadata(partition.metadata())
                                        .setErrorCode(
                                                spread
                                                        ? answer.errorCode()
                                                        : partition.errorCode()));
            }
            response.topics().add(old);
        }
        return response;
    }
}
