package io.tombolo.region.registry;

import io.tombolo.region.ownership.Ownership;

import java.util.List;
import java.util.function.Consumer;

/** Writes a region document as JSON on one line. */
final class DocumentWriter {

    private final StringBuilder json = new StringBuilder(256);

    private DocumentWriter() {}

    static String write(RegionDocument document) {
        var writer = new DocumentWriter();
        writer.json.append("{\"format\":").append(DocumentCodec.FORMAT);
        writer.text("region", document.region().name());
        writer.number("incarnation", document.version().incarnation());
        writer.number("sequence", document.version().sequence());
        writer.list("brokers", document.brokers(), writer::broker);
        writer.list("ownerships", document.ownerships(), writer::ownership);
        writer.list("links", document.links(), writer::link);
        writer.text("topology", document.topology());
        return writer.json.append('}').toString();
    }

    private void broker(RegionDocument.Broker broker) {
        json.append("\"id\":").append(broker.id().value());
        text("kafka", broker.kafka().toString());
        text("admin", broker.admin().toString());
        broker.standing()
                .ifPresent(it -> {
                    text("state", it.state());
                    number("connections", it.connections());
                    number("groups", it.groups());
                    number("members", it.members());
                });
    }

    private void ownership(Ownership ownership) {
        json.append("\"epoch\":").append(ownership.epoch());
        text("domain", ownership.domain().name());
        text("owner", ownership.owner().name());
        text("mode", ownership.mode().name());
        if (ownership.takeover().isPresent()) {
            text("takenFrom", ownership.takeover().get().from().name());
            text("takenTopics", ownership.takeover().get().patterns());
        }
    }

    private void link(RegionDocument.LinkProgress progress) {
        json.append("\"lagRecords\":").append(progress.lag().records());
        number("lagBytes", progress.lag().bytes());
        number("lagMs", progress.lag().ms());
        name("lagExtrapolated");
        json.append(progress.lag().extrapolated());
        text("link", progress.link().name());
        text("state", progress.state().name());
    }

    private <T> void list(String name, List<T> items, Consumer<T> members) {
        name(name);
        json.append('[');
        for (int index = 0; index < items.size(); index++) {
            json.append(index == 0 ? "{" : ",{");
            members.accept(items.get(index));
            json.append('}');
        }
        json.append(']');
    }

    private void number(String name, long value) {
        name(name);
        json.append(value);
    }

    private void text(String name, String value) {
        name(name);
        json.append('"');
        for (int index = 0; index < value.length(); index++) {
            char character = value.charAt(index);
            boolean plain = character >= ' ' && character < 0x7F;
            if (!plain || character == '"' || character == '\\') {
                json.append("\\u%04x".formatted((int) character));
            } else {
                json.append(character);
            }
        }
        json.append('"');
    }

    private void name(String name) {
        json.append(",\"").append(name).append("\":");
    }
}
