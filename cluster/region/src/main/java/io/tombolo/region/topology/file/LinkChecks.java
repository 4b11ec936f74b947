package io.tombolo.region.topology.file;

import io.tombolo.region.LinkName;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is wrong between links: to oneself, in a circle, or two into the same topics; and between a
 * link and the topics of its destination.
 */
final class LinkChecks {

    /** Steps of the search for circles; a file that needs more is told about those found so far. */
    private static final int STEPS_MAX = 10_000;

    private final Document document;
    private final List<LinkEntry> links;
    private final Set<Set<LinkName>> reported = new HashSet<>();
    private int steps;

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
            }
            var chain = new ArrayList<LinkEntry>();
            chain.add(link);
            searchCircle(chain, index);
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

    /** Follows links with a later place in the file until one comes back to the start. */
    private void searchCircle(List<LinkEntry> chain, int firstIndex) {
        if (++steps > STEPS_MAX) {
            return;
        }
        LinkEntry last = chain.getLast();
        for (int index = firstIndex; index < links.size(); index++) {
            LinkEntry next = links.get(index);
            if (!next.from().equals(last.to()) || next.from().equals(next.to())) {
                continue;
            }
            boolean visited =
                    chain.stream().skip(1).anyMatch(link -> link.from().equals(next.to()));
            if (visited || chain.contains(next)) {
                continue;
            }
            chain.add(next);
            if (next.to().equals(chain.getFirst().from())) {
                checkCircle(chain);
            } else {
                searchCircle(chain, firstIndex);
            }
            chain.removeLast();
        }
    }

    /** Two links in opposite directions are fine when one is declared as the other's standby. */
    private void checkCircle(List<LinkEntry> circle) {
        boolean standby =
                circle.size() == 2
                        && circle.stream()
                                .anyMatch(link ->
                                        link.route().reverse() == LinkEntry.Reverse.STANDBY);
        if (standby) {
            return;
        }
        List<NameFilter> filters = circle.stream().map(LinkEntry::topics).toList();
        Optional<String> topic = CommonName.of(filters);
        Set<LinkName> names = circle.stream().map(LinkEntry::name).collect(Collectors.toSet());
        if (topic.isEmpty() || !reported.add(names)) {
            return;
        }
        String path = path(circle.getLast());
        String way =
                circle.stream().map(link -> link.from() + " -> ").collect(Collectors.joining())
                        + circle.getFirst().from();
        document.problem(
                        Rule.LINK_CYCLE,
                        document.spanOf(path),
                        path,
                        "records would go in a circle: " + way)
                .seen("every link on the way matches a topic '" + topic.get() + "'")
                .why("a topic has one region that writes it; its copies are read-only")
                .fix(
                        circle.size() == 2
                                ? "remove %s and write reverse: standby in %s"
                                        .formatted(
                                                circle.getLast().name(), circle.getFirst().name())
                                : "remove " + circle.getLast().name(),
                        "or give the links topics that do not overlap");
    }

    private static String path(LinkEntry link) {
        return "links." + link.name();
    }
}
