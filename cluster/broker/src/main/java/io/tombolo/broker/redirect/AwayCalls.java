package io.tombolo.broker.redirect;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.protocol.Refusals;

import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Calls to a coordinator that is in another region by now: NOT_COORDINATOR, on which clients look
 * for it again. While a region hands over, so is what would move a position or begin something that
 * has to end there; what is open may end.
 */
final class AwayCalls {

    private static final Set<ApiKeys> GROUPS =
            Set.of(
                    ApiKeys.JOIN_GROUP,
                    ApiKeys.SYNC_GROUP,
                    ApiKeys.HEARTBEAT,
                    ApiKeys.LEAVE_GROUP,
                    ApiKeys.OFFSET_COMMIT,
                    ApiKeys.OFFSET_FETCH,
                    ApiKeys.OFFSET_DELETE,
                    ApiKeys.DESCRIBE_GROUPS,
                    ApiKeys.DELETE_GROUPS,
                    ApiKeys.TXN_OFFSET_COMMIT,
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    ApiKeys.CONSUMER_GROUP_DESCRIBE);

    private static final Set<ApiKeys> TRANSACTIONS =
            Set.of(
                    ApiKeys.INIT_PRODUCER_ID,
                    ApiKeys.ADD_PARTITIONS_TO_TXN,
                    ApiKeys.ADD_OFFSETS_TO_TXN,
                    ApiKeys.END_TXN,
                    ApiKeys.DESCRIBE_TRANSACTIONS);

    private static final Set<ApiKeys> NOT_WHILE_LEAVING =
            Set.of(
                    ApiKeys.JOIN_GROUP,
                    ApiKeys.SYNC_GROUP,
                    ApiKeys.HEARTBEAT,
                    ApiKeys.OFFSET_COMMIT,
                    ApiKeys.OFFSET_DELETE,
                    ApiKeys.DELETE_GROUPS,
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    ApiKeys.INIT_PRODUCER_ID);

    private final Homes homes;
    private final Predicate<Exchange> redirected;
    private final Supplier<MetadataImage> image;
    private final Redirection.Farewell members;

    /**
     * @param redirected whose calls are looked at
     */
    AwayCalls(
            Homes homes,
            Predicate<Exchange> redirected,
            Supplier<MetadataImage> image,
            Redirection.Farewell members) {
        this.homes = homes;
        this.redirected = redirected;
        this.image = image;
        this.members = members;
    }

    /** Puts this in front of the handlers. */
    void refuseIn(RequestDispatcher dispatcher) {
        for (Set<ApiKeys> apis : List.of(GROUPS, TRANSACTIONS)) {
            for (ApiKeys api : apis) {
                dispatcher.refusing(
                        api,
                        exchange -> redirected.test(exchange) && !isHere(exchange),
                        this::refusal);
            }
        }
    }

    private ApiMessage refusal(Exchange exchange) {
        ApiMessage body = exchange.request().body();
        String member = member(body);
        if (!member.isEmpty()) {
            members.leaves(exchange, keys(body).getFirst(), member);
        }
        return Refusals.of(
                exchange.request().api(), exchange.version(), body, Errors.NOT_COORDINATOR);
    }

    /** Whether it is answered here; then its client is known to use the group. */
    private boolean isHere(Exchange exchange) {
        if (isAway(exchange)) {
            return false;
        }
        ApiMessage body = exchange.request().body();
        if (!member(body).isEmpty()) {
            ClientUse.of(exchange).group(homes, image.get(), keys(body).getFirst());
        }
        return true;
    }

    private boolean isAway(Exchange exchange) {
        ApiKeys api = exchange.request().api();
        boolean group = GROUPS.contains(api);
        for (String key : keys(exchange.request().body())) {
            Home home = group ? homes.ofGroup(image.get(), key) : homes.ofTransactions(image.get());
            if (home instanceof Home.Away
                    || home instanceof Home.Leaving && NOT_WHILE_LEAVING.contains(api)) {
                return true;
            }
        }
        return false;
    }

    /** The member that a request is from; empty when it names none. */
    private static String member(ApiMessage body) {
        return switch (body) {
            case JoinGroupRequestData join -> join.memberId();
            case SyncGroupRequestData sync -> sync.memberId();
            case HeartbeatRequestData heartbeat -> heartbeat.memberId();
            case OffsetCommitRequestData commit -> commit.memberId();
            case ConsumerGroupHeartbeatRequestData heartbeat -> heartbeat.memberId();
            default -> "";
        };
    }

    /** The groups or transactional ids that a request names. */
    static List<String> keys(ApiMessage body) {
        return switch (body) {
            case JoinGroupRequestData join -> List.of(join.groupId());
            case SyncGroupRequestData sync -> List.of(sync.groupId());
            case HeartbeatRequestData heartbeat -> List.of(heartbeat.groupId());
            case LeaveGroupRequestData leave -> List.of(leave.groupId());
            case OffsetCommitRequestData commit -> List.of(commit.groupId());
            case OffsetFetchRequestData fetch -> groups(fetch);
            case OffsetDeleteRequestData delete -> List.of(delete.groupId());
            case DescribeGroupsRequestData describe -> describe.groups();
            case DeleteGroupsRequestData delete -> delete.groupsNames();
            case TxnOffsetCommitRequestData commit -> List.of(commit.groupId());
            case ConsumerGroupHeartbeatRequestData heartbeat -> List.of(heartbeat.groupId());
            case ConsumerGroupDescribeRequestData describe -> describe.groupIds();
            case InitProducerIdRequestData init ->
                    init.transactionalId() == null ? List.of() : List.of(init.transactionalId());
            case AddPartitionsToTxnRequestData add -> transactions(add);
            case AddOffsetsToTxnRequestData add -> List.of(add.transactionalId());
            case EndTxnRequestData end -> List.of(end.transactionalId());
            case DescribeTransactionsRequestData describe -> describe.transactionalIds();
            default -> List.of();
        };
    }

    /** One group or many, by version; the place that a version does not have is empty. */
    private static List<String> groups(OffsetFetchRequestData fetch) {
        return fetch.groups().isEmpty()
                ? List.of(fetch.groupId())
                : fetch.groups().stream().map(OffsetFetchRequestGroup::groupId).toList();
    }

    private static List<String> transactions(AddPartitionsToTxnRequestData add) {
        var ids = new ArrayList<String>();
        add.transactions().forEach(one -> ids.add(one.transactionalId()));
        if (ids.isEmpty()) {
            ids.add(add.v3AndBelowTransactionalId());
        }
        return ids;
    }
}
