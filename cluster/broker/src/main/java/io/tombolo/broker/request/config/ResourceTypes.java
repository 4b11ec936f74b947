package io.tombolo.broker.request.config;

import io.tombolo.metadata.record.ConfigResource;

import java.util.Optional;

/** Kafka's numbers for kinds of resources. */
final class ResourceTypes {

    static final byte CLIENT_METRICS = 16;

    private ResourceTypes() {}

    /** The resource, when its kind is one that has configs here. */
    static Optional<ConfigResource> resource(byte type, String name) {
        for (ConfigResource.Type known : ConfigResource.Type.values()) {
            if (known.code() == type) {
                return Optional.of(new ConfigResource(known, name));
            }
        }
        return Optional.empty();
    }
}
