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

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one broker tells the others of its region about itself.
 *
 * @param serving whether it takes requests of clients
 * @param links what its links do, for the partitions that it leads
 * @param offline the partitions that it leads and cannot use
 * @param diskFull whether there is no room on its disk for the metadata log
 * @param edition of what is told of topics
 */
record BrokerReport(
        int brokerId,
        boolean serving,
        List<LinkStatus> links,
        List<String> offline,
        boolean diskFull,
        Edition edition) {

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
        edition = Objects.requireNonNullElse(edition, Edition.NONE); // as of older releases
    }

    /**
     * What is told of topics has a name, so that whoever has it already need not be told again: of
     * ten thousand partitions that is megabytes, and mostly nothing has changed.
     *
     * @param name the same as long as nothing changes, never that of another process; empty when
     *     the broker is of a release that gives none
     * @param leftOut whether the topics are those of the edition that whoever asked has
     */
    record Edition(String name, boolean leftOut) {

        static final Edition NONE = new Edition("", false);
    }

    /** The topics of all links. */
    List<List<LinkStatus.TopicStatus>> topics() {
        return links.stream().map(LinkStatus::topics).toList();
    }

    BrokerReport named(String name) {
        return new BrokerReport(
                brokerId, serving, links, offline, diskFull, new Edition(name, false));
    }

    /** The same without topics. */
    BrokerReport leavingOut() {
        List<LinkStatus> brief = links.stream().map(it -> with(it, List.of())).toList();
        return new BrokerReport(
                brokerId, serving, brief, offline, diskFull, new Edition(edition.name(), true));
    }

    /**
     * The same with the topics that were left out.
     *
     * @param before the last report of this broker
     * @return empty when it is another edition, or a link is new: then all has to be told again
     */
    Optional<BrokerReport> completed(Optional<BrokerReport> before) {
        if (!edition.leftOut()) {
            return Optional.of(this);
        }
        return before.filter(it -> it.edition.name().equals(edition.name()))
                .filter(it -> it.links.size() == links.size())
                .map(it -> {
                    var whole = new ArrayList<LinkStatus>();
                    for (LinkStatus link : links) {
                        whole.add(with(link, it.links.get(whole.size()).topics()));
                    }
                    return new BrokerReport(
                            brokerId,
                            serving,
                            whole,
                            offline,
                            diskFull,
                            new Edition(edition.name(), false));
                });
    }

    private static LinkStatus with(LinkStatus link, List<LinkStatus.TopicStatus> topics) {
        return new LinkStatus(
                link.name(),
                link.state(),
                link.lag(),
                link.recent(),
                link.lossBound(),
                link.trouble(),
                topics,
                link.groups());
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
