package io.tombolo.region.topology.file;

import io.tombolo.region.LinkName;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is wrong between links: to oneself, in a circle, or two into the same topics; between a link
 * and the topics of its destination; and between a policy and what its link carries on.
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
            }
            checkCircle(index);
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
        CommonName.of(List.of(earlier.copies(), link.copies()))
                .ifPresent(topic -> {
                    String path = path(link) + ".topics";
                    document.problem(
                                    Rule.DOUBLE_LINK,
                                    document.spanOf(path),
                                    path,
                                    "links %s and %s copy the same topics into %s"
                                            .formatted(earlier.name(), link.name(), link.to()))
                            .seen("both bring a topic '" + topic + "'")
                            .why("a copy that keeps offsets has exactly one source")
                            .fix(
                                    "exclude the topics of one link from the other, such as \"!%s\""
                                            .formatted(topic));
                });
    }

    /** A topic that a link would bring is not made beside it. */
    void checkTopic(Topics.Topic topic) {
        for (LinkEntry link : links) {
            if (!link.to().name().equals(topic.in()) || !link.copies().includes(topic.name())) {
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

    /** Whether a link copies something that another one brings. */
    private static boolean carriesOn(LinkEntry first, LinkEntry second) {
        return first.to().equals(second.from())
                && CommonName.of(List.of(first.copies(), second.topics())).isPresent();
    }

    /** A circle is told once, of its last link in the file. */
    private void checkCircle(int last) {
        LinkEntry link = links.get(last);
        var reached = new HashSet<LinkName>();
        var ways = new ArrayDeque<List<LinkEntry>>();
        ways.add(List.of(link));
        while (!ways.isEmpty()) {
            List<LinkEntry> way = ways.remove();
            for (LinkEntry next : links.subList(0, last + 1)) {
                if (!next.from().equals(next.to())
                        && carriesOn(way.getLast(), next)
                        && reached.add(next.name())) {
                    if (next.equals(link)) {
                        circle(way.subList(1, way.size()), link);
                        return;
                    }
                    var longer = new ArrayList<>(way);
                    longer.add(next);
                    ways.add(longer);
                }
            }
        }
    }

    private void circle(List<LinkEntry> others, LinkEntry link) {
        String path = path(link);
        String way = others.stream().map(one -> one.to() + " -> ").collect(Collectors.joining());
        String names =
                others.stream().map(one -> one.name().name()).collect(Collectors.joining(", "));
        document.problem(
                        Rule.LINK_CYCLE,
                        document.spanOf(path),
                        path,
                        "records would go in a circle: %s -> %s%s"
                                .formatted(link.to(), way, link.to()))
                .seen(
                        "each of the links %s and %s copies what the one before it brings"
                                .formatted(names, link.name()))
                .why("a topic has one region that writes it; its copies are read-only")
                .fix("remove " + link.name(), "or give the links topics that do not overlap");
    }

    /** The end of a chain takes over from its middle only, and nobody stops its beginning. */
    void checkPolicy(FailoverPolicy policy) {
        for (LinkEntry second : links) {
            if (!second.name().equals(policy.follows())) {
                continue;
            }
            links.stream()
                    .filter(first -> !first.from().equals(second.to()) && carriesOn(first, second))
                    .findFirst()
                    .ifPresent(first -> chain(first, second, policy));
        }
    }

    private void chain(LinkEntry first, LinkEntry second, FailoverPolicy policy) {
        String path = "failover." + policy.name() + ".follows";
        document.problem(
                        Rule.LINK_CHAIN,
                        document.spanOf(path),
                        path,
                        "link %s carries on what link %s brings: %s -> %s -> %s"
                                .formatted(
                                        second.name(),
                                        first.name(),
                                        first.from(),
                                        first.to(),
                                        second.to()))
                .why("a failover at the end of a chain would not stop the writers at its beginning")
                .fix(
                        "link the owner directly: from: %s in %s"
                                .formatted(first.from(), second.name()),
                        "or remove the policy: %s goes on copying, whoever owns the topics"
                                .formatted(second.name()));
    }

    private static String path(LinkEntry link) {
        return "links." + link.name();
    }
}
