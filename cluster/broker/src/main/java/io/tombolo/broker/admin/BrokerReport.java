package io.tombolo.broker.admin;

import io.tombolo.region.link.LinkStatus;

import org.apache.kafka.common.Uuid;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

import java.util.List;
import java.util.Optional;

/**
 * What one broker tells the others of its region about itself.
 *
 * @param serving whether it takes requests of clients
 * @param links what its links do, for the partitions that it leads
 * @param offline the partitions that it hosts and cannot use
 * @param diskFull whether there is no room on its disk for the metadata log
 */
record BrokerReport(
        int brokerId,
        boolean serving,
        List<LinkStatus> links,
        List<String> offline,
        boolean diskFull) {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(Uuid.class, ToStringSerializer.instance)
                                    .addDeserializer(Uuid.class, new UuidReader()))
                    .build();

    BrokerReport {
        links = List.copyOf(links);
        offline = List.copyOf(offline);
    }

    String encode() {
        return JSON.writeValueAsString(this);
    }

    /** Reads a report; empty when the text is none that this release understands. */
    static Optional<BrokerReport> decode(String json) {
        try {
            return Optional.of(JSON.readValue(json, BrokerReport.class));
        } catch (JacksonException | NullPointerException malformed) {
            return Optional.empty();
        }
    }

    private static final class UuidReader extends StdDeserializer<Uuid> {

        UuidReader() {
            super(Uuid.class);
        }

        @Override
        public Uuid deserialize(JsonParser from, DeserializationContext context) {
            return Uuid.fromString(from.getString());
        }
    }
}
