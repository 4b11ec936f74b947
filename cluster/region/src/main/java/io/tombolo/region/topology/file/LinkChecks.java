package io.tombolo.region.topology.file;

import io.tombolo.region.LinkName;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topics;

import java.util.List;
import java.util.Map;

/**
 * What is wrong between links: to oneself, in a circle or a chain, or two into the same topics; and
 * between a link and the topics of its destination.
 */
final class LinkChecks {

    private final Document document;
    private final List<LinkEntry> links;

    LinkChecks(Document document, Map<LinkName, LinkEntry> links) {
        this.document = document;
        this.links = List.copyOf(links.values());
    }

    void run() {
        for (int index = 0; index < links.size(); index++) {
            LinkEntry link = links.get(index);
            if (link.from().equals(link.to())) {
                selfLink(link);
                continue;
            }
            for (LinkEntry earlier : links.subList(0, index)) {
                checkSameTarget(earlier, link);
                if (!earlier.from().equals(earlier.to())) {
                    checkSequence(earlier, link);
                    checkSequence(link, earlier);
                }
            }
        }
    }

    private void selfLink(LinkEntry link) {
        String path = path(link) + ".to";
        document.problem(
                        Rule.SELF_LINK,
                        document.spanOf(path),
                        path,
                        "link %s copies %s to itself".formatted(link.name(), link.from()))
                .fix("name another region in from or to");
    }

    private void checkSameTarget(LinkEntry earlier, LinkEntry link) {
        if (!earlier.to().equals(link.to()) || earlier.from().equals(earlier.to())) {
            return;
        }
        CommonName.of(List.of(earlier.topics(), link.topics()))
                .ifPresent(topic -> {
                    String path = path(link) + ".topics";
                    document.problem(
                                    Rule.DOUBLE_LINK,
                                    document.spanOf(path),
                                    path,
                                    "links %s and %s copy the same topics into %s"
                                            .formatted(earlier.name(), link.name(), link.to()))
                            .seen("both match a topic '" + topic + "'")
                            .why("a copy that keeps offsets has exactly one source")
                            .fix(
                                    "exclude the topics of one link from the other, such as \"!%s\""
                                            .formatted(topic));
                });
    }

    /** A topic that a link would bring is not made beside it. */
    void checkTopic(Topics.Topic topic) {
        for (LinkEntry link : links) {
            if (!link.to().name().equals(topic.in()) || !link.topics().includes(topic.name())) {
                continue;
            }
            String path = "topics." + topic.name() + ".in";
            document.problem(
                            Rule.LINKED_TOPIC,
                            document.spanOf(path),
                            path,
                            "link %s brings topic %s into %s from %s"
                                    .formatted(link.name(), topic.name(), topic.in(), link.from()))
                    .why("a second topic of this name would take writes beside the first")
                    .fix(
                            "in: " + link.from(),
                            "or exclude it from the link: \"!%s\"".formatted(topic.name()));
        }
    }

    /** What one link brings, another one does not carry on: neither further nor back. */
    private void checkSequence(LinkEntry first, LinkEntry second) {
        if (!first.to().equals(second.from())) {
            return;
        }
        CommonName.of(List.of(first.topics(), second.topics()))
                .ifPresent(topic -> {
                    if (second.to().equals(first.from())) {
                        circle(first, second, topic);
                    } else {
                        chain(first, second, topic);
                    }
                });
    }

    private void circle(LinkEntry one, LinkEntry other, String topic) {
        boolean inOrder = links.indexOf(one) < links.indexOf(other);
        if (!inOrder) {
            return; // told once, of the later one
        }
        String path = path(other);
        document.problem(
                        Rule.LINK_CYCLE,
                        document.spanOf(path),
                        path,
                        "records would go in a circle: %s -> %s -> %s"
                                .formatted(one.from(), one.to(), one.from()))
                .seen(
                        "links %s and %s both match a topic '%s'"
                                .formatted(one.name(), other.name(), topic))
                .why("a topic has one region that writes it; its copies are read-only")
                .fix("remove " + other.name(), "or give the links topics that do not overlap");
    }

    private void chain(LinkEntry first, LinkEntry second, String topic) {
        LinkEntry later = links.indexOf(first) < links.indexOf(second) ? second : first;
        String path = path(later) + ".topics";
        document.problem(
                        Rule.LINK_CHAIN,
                        document.spanOf(path),
                        path,
                        "link %s would carry on what link %s brings: %s -> %s -> %s"
                                .formatted(
                                        second.name(),
                                        first.name(),
                                        first.from(),
                                        first.to(),
                                        second.to()))
                .seen("both match a topic '" + topic + "'")
                .why("a failover at the end of a chain would not stop the writers at its beginning")
                .fix(
                        "link the owner directly: from: %s in %s"
                                .formatted(first.from(), second.name()),
                        "or give the links topics that do not overlap");
    }

    private static String path(LinkEntry link) {
        return "links." + link.name();
    }
}
