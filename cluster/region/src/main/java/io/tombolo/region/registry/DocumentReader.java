package io.tombolo.region.registry;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads a region document from parsed JSON; throws IllegalArgumentException with the reason. */
final class DocumentReader {

    private final Map<?, ?> members;

    private DocumentReader(Map<?, ?> members) {
        this.members = members;
    }

    static RegionDocument read(Map<?, ?> members) {
        var reader = new DocumentReader(members);
        long format = reader.number("format");
        if (format != DocumentCodec.FORMAT) {
            throw new IllegalArgumentException("format " + format + " is not known here");
        }
        return new RegionDocument(
                new RegionId(reader.text("region")),
                new RegionDocument.Version(reader.number("incarnation"), reader.number("sequence")),
                reader.list("brokers", DocumentReader::broker),
                reader.list("ownerships", DocumentReader::ownership),
                reader.list("links", DocumentReader::link),
                topology(reader));
    }

    private static RegionDocument.Broker broker(DocumentReader members) {
        return new RegionDocument.Broker(
                new BrokerId(members.integer("id")),
                Endpoint.parse(members.text("kafka")),
                Endpoint.parse(members.text("admin")),
                standing(members));
    }

    /**
     * Older releases do not tell it, later ones perhaps in other words; it is shown and nothing
     * more, and so must not make the rest unreadable.
     */
    private static Optional<RegionDocument.Standing> standing(DocumentReader members) {
        try {
            return Optional.of(
                    new RegionDocument.Standing(
                            members.text("state"),
                            members.integer("connections"),
                            members.integer("groups"),
                            members.integer("members")));
        } catch (IllegalArgumentException untold) {
            return Optional.empty();
        }
    }

    /** The same of this. */
    private static String topology(DocumentReader members) {
        return members.members.get("topology") instanceof String text
                        && text.matches("[0-9a-f]{0,64}")
                ? text
                : "";
    }

    private static Ownership ownership(DocumentReader members) {
        return new Ownership(
                new DomainName(members.text("domain")),
                new RegionId(members.text("owner")),
                members.number("epoch"),
                Ownership.Mode.valueOf(members.text("mode")),
                takeover(members));
    }

    /** Older releases do not tell it. */
    private static Optional<Takeover> takeover(DocumentReader members) {
        return members.members.containsKey("takenFrom")
                ? Optional.of(
                        Takeover.of(
                                new RegionId(members.text("takenFrom")),
                                members.text("takenTopics")))
                : Optional.empty();
    }

    private static RegionDocument.LinkProgress link(DocumentReader members) {
        return new RegionDocument.LinkProgress(
                new LinkName(members.text("link")),
                LinkStatus.State.valueOf(members.text("state")),
                new Lag(
                        members.number("lagRecords"),
                        members.number("lagBytes"),
                        members.number("lagMs"),
                        members.flag("lagExtrapolated")));
    }

    private <T> List<T> list(String name, Function<DocumentReader, T> read) {
        if (!(members.get(name) instanceof List<?> items)) {
            throw new IllegalArgumentException("member '" + name + "' is no array");
        }
        var result = new ArrayList<T>();
        for (Object item : items) {
            if (!(item instanceof Map<?, ?> object)) {
                throw new IllegalArgumentException("an item of '" + name + "' is no object");
            }
            result.add(read.apply(new DocumentReader(object)));
        }
        return result;
    }

    private String text(String name) {
        if (members.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("member '" + name + "' is no string");
    }

    private boolean flag(String name) {
        if (members.get(name) instanceof Boolean flag) {
            return flag;
        }
        throw new IllegalArgumentException("member '" + name + "' is neither true nor false");
    }

    private int integer(String name) {
        long value = number(name);
        if (value != (int) value) {
            throw new IllegalArgumentException("member '" + name + "' is too large: " + value);
        }
        return (int) value;
    }

    private long number(String name) {
        Object value = members.get(name);
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new IllegalArgumentException("member '" + name + "' is no integer");
    }
}
