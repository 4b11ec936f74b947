package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.runtime.LogRecord;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What a heartbeat, or a silence, came to.
 *
 * @param group after it; null when there is none, as before
 * @param records to be appended
 * @param response to the member
 * @param alive the member whose session starts over; null for none
 * @param gone the member that is no more; null for none
 */
public record ConsumerStep(
        @Nullable ConsumerGroup group,
        List<LogRecord> records,
        ConsumerGroupHeartbeatResponseData response,
        @Nullable String alive,
        @Nullable String gone) {}
