package io.tombolo.broker.request.group;

import io.tombolo.broker.group.GroupVersion;
import io.tombolo.broker.request.AuthorizedOperations;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.coordinator.group.entry.Caller;
import io.tombolo.coordinator.group.entry.GroupCoordinator;

import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** The requests that the coordinator answers as they come. */
public final class GroupHandlers {

    private final GroupCoordinator groups;
    private final GroupVersion version;

    public GroupHandlers(GroupCoordinator groups, GroupVersion version) {
        this.groups = groups;
        this.version = version;
    }

    /** Adds the handlers of all group requests. */
    public void addTo(RequestDispatcher dispatcher) {
        var membership = groups.membership();
        var administration = groups.administration();
        dispatcher
                .with(
                        ApiKeys.JOIN_GROUP,
                        JoinGroupRequestData.class,
                        (exchange, body) ->
                                membership.join(caller(exchange), body, exchange::answer))
                .with(
                        ApiKeys.SYNC_GROUP,
                        SyncGroupRequestData.class,
                        (exchange, body) ->
                                membership.sync(caller(exchange), body, exchange::answer))
                .with(
                        ApiKeys.HEARTBEAT,
                        HeartbeatRequestData.class,
                        (exchange, body) ->
                                membership.heartbeat(caller(exchange), body, exchange::answer))
                .with(
                        ApiKeys.LEAVE_GROUP,
                        LeaveGroupRequestData.class,
                        (exchange, body) ->
                                membership.leave(caller(exchange), body, exchange::answer))
                .with(
                        ApiKeys.OFFSET_COMMIT,
                        OffsetCommitRequestData.class,
                        (exchange, body) ->
                                groups.offsets().commit(caller(exchange), body, exchange::answer))
                .with(
                        ApiKeys.LIST_GROUPS,
                        ListGroupsRequestData.class,
                        (exchange, body) ->
                                administration.list(caller(exchange), body, exchange::answer))
                .with(
                        ApiKeys.DELETE_GROUPS,
                        DeleteGroupsRequestData.class,
                        (exchange, body) ->
                                administration.delete(caller(exchange), body, exchange::answer))
                .with(
                        ApiKeys.OFFSET_DELETE,
                        OffsetDeleteRequestData.class,
                        (exchange, body) ->
                                administration.deleteOffsets(
                                        caller(exchange), body, exchange::answer))
                .with(
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        ConsumerGroupHeartbeatRequestData.class,
                        this::heartbeatOfConsumers)
                .with(
                        ApiKeys.CONSUMER_GROUP_DESCRIBE,
                        ConsumerGroupDescribeRequestData.class,
                        this::describeConsumers)
                .with(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequestData.class, this::describe);
    }

    private void describe(Exchange exchange, DescribeGroupsRequestData body) {
        groups.administration()
                .describe(
                        caller(exchange),
                        body,
                        response -> {
                            if (body.includeAuthorizedOperations()) {
                                response.groups().forEach(GroupHandlers::allow);
                            }
                            exchange.answer(response);
                        });
    }

    private void heartbeatOfConsumers(Exchange exchange, ConsumerGroupHeartbeatRequestData body) {
        if (version.servesConsumers()) {
            groups.consumers().heartbeat(caller(exchange), body, exchange::answer);
        } else {
            exchange.answer(
                    new ConsumerGroupHeartbeatResponseData()
                            .setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
        }
    }

    private void describeConsumers(Exchange exchange, ConsumerGroupDescribeRequestData body) {
        if (!version.servesConsumers()) {
            exchange.answer(unsupported(body));
            return;
        }
        groups.consumers()
                .describe(
                        caller(exchange),
                        body,
                        response -> {
                            if (body.includeAuthorizedOperations()) {
                                response.groups().forEach(GroupHandlers::allow);
                            }
                            exchange.answer(response);
                        });
    }

    private static ConsumerGroupDescribeResponseData unsupported(
            ConsumerGroupDescribeRequestData request) {
        var response = new ConsumerGroupDescribeResponseData();
        for (String group : request.groupIds()) {
            response.groups()
                    .add(
                            new ConsumerGroupDescribeResponseData.DescribedGroup()
                                    .setGroupId(group)
                                    .setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
        }
        return response;
    }

    private static void allow(ConsumerGroupDescribeResponseData.DescribedGroup group) {
        if (group.errorCode() == Errors.NONE.code()) {
            group.setAuthorizedOperations(AuthorizedOperations.onGroup(true));
        }
    }

    private static void allow(DescribedGroup group) {
        if (group.errorCode() == Errors.NONE.code()) {
            group.setAuthorizedOperations(AuthorizedOperations.onGroup(true));
        }
    }

    static Caller caller(Exchange exchange) {
        return new Caller(
                exchange.request().clientId(),
                "/" + exchange.connection().remote().host(),
                exchange.version(),
                exchange.loop());
    }
}
