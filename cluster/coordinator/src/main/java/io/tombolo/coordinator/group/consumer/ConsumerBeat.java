package io.tombolo.coordinator.group.consumer;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;

/**
 * A ConsumerGroupHeartbeat.
 *
 * @param newMemberId what to call a member that names no id, which only old clients may do
 * @param topics of the region, as the broker that was asked knows them
 * @param heartbeatIntervalMs how often the member shall be heard of
 */
public record ConsumerBeat(
        ConsumerGroupHeartbeatRequestData request,
        short version,
        String clientId,
        String clientHost,
        String newMemberId,
        ClusterTopics topics,
        int heartbeatIntervalMs) {

    /** The same with these topics. */
    public ConsumerBeat with(ClusterTopics newest) {
        return new ConsumerBeat(
                request, version, clientId, clientHost, newMemberId, newest, heartbeatIntervalMs);
    }

    /** Whether the member tells all about itself, and wants to hear all. */
    boolean full() {
        return request.memberEpoch() == 0
                || (request.rebalanceTimeoutMs() != -1
                        && (request.subscribedTopicNames() != null
                                || request.subscribedTopicRegex() != null)
                        && request.topicPartitions() != null);
    }
}
