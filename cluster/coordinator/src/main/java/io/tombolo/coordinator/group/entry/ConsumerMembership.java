package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupQueries;
import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.consumer.ConsumerBeat;
import io.tombolo.coordinator.runtime.Gathered;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.environment.Entropy;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.function.Consumer;

/**
 * ConsumerGroupHeartbeat and ConsumerGroupDescribe in all versions (KIP-848). Every call comes from
 * {@link Caller#loop} and is answered there exactly once, perhaps before it returns.
 */
public final class ConsumerMembership {

    private final Partitions partitions;
    private final GroupPorts ports;
    private final Entropy entropy;

    ConsumerMembership(Partitions partitions, GroupPorts ports) {
        this.partitions = partitions;
        this.ports = ports;
        this.entropy = ports.entropy();
    }

    /** A member joins, shows life, tells what it has let go of, or leaves. */
    public void heartbeat(
            Caller caller,
            ConsumerGroupHeartbeatRequestData request,
            Consumer<ConsumerGroupHeartbeatResponseData> answer) {
        if (!storable(request)) {
            answer.accept(refused(Errors.INVALID_REQUEST));
            return;
        }
        ConsumerTimes times = ports.times().apply(request.groupId());
        var beat =
                new ConsumerBeat(
                        request,
                        caller.apiVersion(),
                        GroupMembership.clipped(caller.clientId()),
                        GroupMembership.clipped(caller.clientHost()),
                        new Uuid(entropy.nextLong(), entropy.nextLong()).toString(),
                        ports.topics().now(),
                        times.heartbeatIntervalMs());
        partitions.write(
                partitions.of(request.groupId()),
                caller.loop(),
                ticket -> new GroupCommand.ConsumerHeartbeat(beat, times.sessionMs(), ticket),
                Reply.of(answer, ConsumerMembership::refused));
    }

    private static boolean storable(ConsumerGroupHeartbeatRequestData request) {
        boolean storable =
                GroupMembership.isName(request.groupId())
                        && GroupMembership.isName(request.memberId())
                        && GroupMembership.isName(request.instanceId())
                        && GroupMembership.isName(request.rackId())
                        && GroupMembership.isName(request.subscribedTopicRegex());
        if (request.subscribedTopicNames() != null) {
            for (String topic : request.subscribedTopicNames()) {
                storable &= GroupMembership.isName(topic);
            }
        }
        return storable;
    }

    private static ConsumerGroupHeartbeatResponseData refused(Errors error) {
        return new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }

    /** Groups in the order asked for; authorised operations are left to the caller. */
    public void describe(
            Caller caller,
            ConsumerGroupDescribeRequestData request,
            Consumer<ConsumerGroupDescribeResponseData> answer) {
        List<String> groups = request.groupIds();
        ClusterTopics topics = ports.topics().now();
        var gathered =
                new Gathered<DescribedGroup>(
                        groups.size(),
                        all ->
                                answer.accept(
                                        new ConsumerGroupDescribeResponseData().setGroups(all)));
        for (int i = 0; i < groups.size(); i++) {
            String group = groups.get(i);
            int place = i;
            if (group.isEmpty()) {
                gathered.put(place, refused(group, Errors.INVALID_GROUP_ID));
                continue;
            }
            partitions.read(
                    partitions.of(group),
                    caller.loop(),
                    state -> GroupQueries.describeConsumers(state, group, topics),
                    Reply.of(
                            described -> gathered.put(place, described),
                            error -> refused(group, error)));
        }
    }

    private static DescribedGroup refused(String group, Errors error) {
        return new DescribedGroup()
                .setGroupId(group)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
