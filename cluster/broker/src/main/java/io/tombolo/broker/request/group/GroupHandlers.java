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
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/** The requests that the coordinator answers as they come. */
public final class GroupHandlers {

    private static final short FIRST_LEAVE_OF_MANY = 3;
    private static final short FIRST_HEARTBEAT_OF_CONSUMERS = 0;
    private static final int LEAVING_EPOCH = -1;

    private final GroupCoordinator groups;
    private final GroupVersion version;
    private final LeasedOffsets leased;
    private final boolean moving;

    /**
     * @param leased which positions are acknowledged here
     * @param moving whether groups come from other regions
     */
    public GroupHandlers(
            GroupCoordinator groups, GroupVersion version, LeasedOffsets leased, boolean moving) {
        this.groups = groups;
        this.version = version;
        this.leased = leased;
        this.moving = moving;
    }

    /** Adds the handlers of all group requests. */
    public void addTo(RequestDispatcher dispatcher) {
        var membership = groups.membership();
        var administration = groups.administration();
        dispatcher
                .with(
                        ApiKeys.JOIN_GROUP,
                        JoinGroupRequestData.class,
                        (exchange, body) -> {
                            exchange.releaseFrame();
                            membership.join(caller(exchange), body, exchange::answer);
                        })
                .with(
                        ApiKeys.SYNC_GROUP,
                        SyncGroupRequestData.class,
                        (exchange, body) -> {
                            exchange.releaseFrame();
                            membership.sync(caller(exchange), body, exchange::answer);
                        })
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
                .with(ApiKeys.OFFSET_COMMIT, OffsetCommitRequestData.class, this::commit)
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

    /**
     * A member goes to another region: it leaves its group here, whichever protocol it speaks, so
     * that nobody waits for it when the group comes back.
     */
    public void dismiss(Exchange exchange, String group, String member) {
        var origin = caller(exchange);
        var caller =
                new Caller(
                        origin.clientId(),
                        origin.clientHost(),
                        FIRST_LEAVE_OF_MANY,
                        exchange.loop());
        var leaving =
                new LeaveGroupRequestData()
                        .setGroupId(group)
                        .setMembers(List.of(new MemberIdentity().setMemberId(member)));
        groups.membership().leave(caller, leaving, _ -> {});
        if (version.servesConsumers()) {
            var last =
                    new ConsumerGroupHeartbeatRequestData()
                            .setGroupId(group)
                            .setMemberId(member)
                            .setMemberEpoch(LEAVING_EPOCH);
            groups.consumers()
                    .heartbeat(
                            new Caller(
                                    origin.clientId(),
                                    origin.clientHost(),
                                    FIRST_HEARTBEAT_OF_CONSUMERS,
                                    exchange.loop()),
                            last,
                            _ -> {});
        }
    }

    private void commit(Exchange exchange, OffsetCommitRequestData body) {
        if (leased.doubts(body)) {
            exchange.answer(leased.refusal(exchange, body));
            return;
        }
        groups.offsets()
                .commit(
                        caller(exchange),
                        body,
                        response -> {
                            if (moving && !body.memberId().isEmpty() && isOfStranger(response)) {
                                commitAsNobody(exchange, body);
                            } else {
                                acknowledge(exchange, body, response);
                            }
                        });
    }

    private void acknowledge(
            Exchange exchange, OffsetCommitRequestData body, OffsetCommitResponseData response) {
        exchange.answer(leased.doubts(body) ? leased.refusal(exchange, body) : response);
    }

    private static boolean isOfStranger(OffsetCommitResponseData response) {
        return response.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition -> partition.errorCode() == Errors.UNKNOWN_MEMBER_ID.code());
    }

    /**
     * A member of a group that was coordinated in another region commits here before it has joined:
     * as long as nobody has, its positions are the group's, which would be read again otherwise.
     */
    private void commitAsNobody(Exchange exchange, OffsetCommitRequestData body) {
        var request = body.duplicate();
        request.setMemberId("").setGroupInstanceId(null).setGenerationIdOrMemberEpoch(-1);
        groups.offsets()
                .commit(
                        caller(exchange),
                        request,
                        response -> acknowledge(exchange, body, response));
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
            groups.consumers()
                    .heartbeat(
                            caller(exchange),
                            body,
                            response -> {
                                greet(response);
                                exchange.answer(response);
                            });
        } else {
            exchange.answer(
                    new ConsumerGroupHeartbeatResponseData()
                            .setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
        }
    }

    /**
     * A member of a group that was coordinated in another region asks here as if it had joined.
     * That the group is none of consumers would end it; as an unknown member it joins again.
     */
    private void greet(ConsumerGroupHeartbeatResponseData response) {
        if (moving && response.errorCode() == Errors.GROUP_ID_NOT_FOUND.code()) {
            response.setErrorCode(Errors.UNKNOWN_MEMBER_ID.code());
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
