package io.tombolo.broker.group;

import io.tombolo.broker.Images;
import io.tombolo.coordinator.group.entry.ConsumerTimes;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.region.config.BrokerConfig;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** How often members of a consumer group are heard of: as the group sets it, else the broker. */
public record GroupTimes(Images images, Supplier<BrokerConfig> broker)
        implements Function<String, ConsumerTimes> {

    private static final String SESSION = "consumer.session.timeout.ms";
    private static final String HEARTBEAT = "consumer.heartbeat.interval.ms";

    @Override
    public ConsumerTimes apply(String group) {
        Map<String, String> own = images.current().configs().of(ConfigResource.group(group));
        return new ConsumerTimes(number(own, SESSION), number(own, HEARTBEAT));
    }

    private int number(Map<String, String> own, String name) {
        String set = own.get(name);
        return set == null ? broker.get().integer("group." + name) : Integer.parseInt(set.trim());
    }
}
