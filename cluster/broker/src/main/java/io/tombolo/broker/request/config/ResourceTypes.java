package io.tombolo.broker.request.config;

import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Optional;

/** Kafka's numbers for kinds of resources. */
final class ResourceTypes {

    static final byte CLIENT_METRICS = 16;
    static final byte BROKER_LOGGER = 8;
    static final List<Byte> ALL_KINDS =
            List.of(
                    ConfigResource.Type.TOPIC.code(),
                    ConfigResource.Type.BROKER.code(),
                    BROKER_LOGGER,
                    CLIENT_METRICS,
                    ConfigResource.Type.GROUP.code());

    private ResourceTypes() {}

    /** Whether Kafka knows such a kind; not all of them have configs here. */
    static boolean known(byte type) {
        return ALL_KINDS.contains(type);
    }

    /**
     * What is wrong with changing the configs of a resource here. As in Kafka those of one broker
     * are changed at that broker, which alone can tell whether it could live with them.
     */
    static Optional<Refusal> objection(byte type, String name, int brokerId) {
        if (resource(type, name).isEmpty()) {
            return Optional.of(
                    new Refusal(Errors.INVALID_REQUEST, "Unknown resource type " + type));
        }
        boolean another =
                type == ConfigResource.Type.BROKER.code()
                        && !name.isEmpty()
                        && !name.equals(Integer.toString(brokerId));
        return another
                ? Optional.of(
                        new Refusal(
                                Errors.INVALID_REQUEST,
                                "Unexpected broker id, expected %d, but received %s"
                                        .formatted(brokerId, name)))
                : Optional.empty();
    }

    /** The resource, when its kind is one that has configs here. */
    static Optional<ConfigResource> resource(byte type, String name) {
        for (ConfigResource.Type known : ConfigResource.Type.values()) {
            if (known.code() == type && known(type)) {
                return Optional.of(new ConfigResource(known, name));
            }
        }
        return Optional.empty();
    }
}
