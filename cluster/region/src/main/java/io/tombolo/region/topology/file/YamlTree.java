package io.tombolo.region.topology.file;

import io.tombolo.region.topology.file.YamlNode.Span;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Turns YAML events into a tree. Loops instead of recursing and expands no alias, so that neither
 * depth nor references can blow up; anchors, aliases and tags are refused, not followed.
 */
final class YamlTree {

    static final int CHARACTERS_MAX = 1_000_000;
    private static final int DEPTH_MAX = 16;
    private static final int VALUES_MAX = 50_000;

    private final Document document;
    private final Deque<Open> open = new ArrayDeque<>();
    private final List<YamlNode> roots = new ArrayList<>();
    private int valueCount;

    private YamlTree(Document document) {
        this.document = document;
    }

    private record Open(boolean mapping, Span span, List<YamlNode> children) {}

    /** The root map; empty when the text has none, and then the document knows why. */
    static Optional<YamlNode.Mapping> read(Document document, String text) {
        if (text.length() > CHARACTERS_MAX) {
            document.problem(
                            Rule.SIZE,
                            Span.WHOLE_FILE,
                            "",
                            "the file is too large to be a topology")
                    .seen("%d characters, at most %d".formatted(text.length(), CHARACTERS_MAX))
                    .fix("check that this is the file you meant");
            return Optional.empty();
        }
        return new YamlTree(document).root(text);
    }

    private Optional<YamlNode.Mapping> root(String text) {
        var settings =
                LoadSettings.builder()
                        .setCodePointLimit(CHARACTERS_MAX + 1)
                        .setParseComments(false)
                        .build();
        boolean complete =
                SyntaxFaults.guarded(
                        document,
                        text,
                        () -> {
                            for (Event event : new Parse(settings).parseString(text)) {
                                if (!accept(event)) {
                                    return false;
                                }
                            }
                            return true;
                        });
        return complete ? singleMapping() : Optional.empty();
    }

    private Optional<YamlNode.Mapping> singleMapping() {
        if (roots.size() == 1 && roots.getFirst() instanceof YamlNode.Mapping mapping) {
            return Optional.of(mapping);
        }
        Span span = roots.isEmpty() ? Span.BEGINNING : roots.getLast().span();
        boolean empty =
                roots.isEmpty() || roots.getFirst() instanceof YamlNode.Scalar s && s.isNull();
        String claim =
                roots.size() > 1
                        ? "a topology file holds one document, this one has " + roots.size()
                        : empty ? "the file is empty" : "the file is not a map of keys and values";
        document.problem(Rule.ONE_DOCUMENT, span, "", claim)
                .seen(roots.isEmpty() ? "no value at all" : roots.getLast().kind())
                .fix("tombolo: 1", "regions: { eu: {} }");
        return Optional.empty();
    }

    /** Takes one event in; false when reading on makes no sense. */
    private boolean accept(Event event) {
        if (event instanceof NodeEvent node) {
            refuseMagic(node);
            if (++valueCount > VALUES_MAX) {
                return tooMuch(node, "more than " + VALUES_MAX + " values");
            }
        }
        switch (event.getEventId()) {
            case Scalar -> add(scalar((ScalarEvent) event));
            case Alias -> add(intended("*" + ((AliasEvent) event).getAlias(), event));
            case SequenceStart, MappingStart -> {
                if (open.size() == DEPTH_MAX) {
                    return tooMuch(event, "more than " + DEPTH_MAX + " levels");
                }
                boolean mapping = event instanceof MappingStartEvent;
                open.push(new Open(mapping, span(event), new ArrayList<>()));
            }
            case SequenceEnd, MappingEnd -> close(event);
            case StreamStart, StreamEnd, DocumentStart, DocumentEnd, Comment -> {}
        }
        return true;
    }

    private boolean tooMuch(Event event, String seen) {
        document.problem(Rule.SIZE, span(event), "", "the file is too complex to be a topology")
                .seen(seen)
                .why("such files are made to exhaust memory, not to describe regions")
                .fix("check that this is the file you meant");
        return false;
    }

    private void refuseMagic(NodeEvent event) {
        Span span = span(event);
        if (event instanceof AliasEvent alias) {
            String text = "*" + alias.getAlias();
            document.problem(
                            Rule.YAML_MAGIC, span, "", text + " is an alias to YAML, not a pattern")
                    .why("a plain value that starts with * refers to an anchor; files have none")
                    .fix('"' + text + '"');
        } else if (event.getAnchor().isPresent()) {
            document.problem(
                            Rule.YAML_MAGIC,
                            span,
                            "",
                            "the anchor &" + event.getAnchor().get() + " is not supported")
                    .why("each value is written where it holds, so that messages can point at it")
                    .fix("write the value out; common topic settings go to defaults.topic");
        }
        tagOf(event).ifPresent(tag -> refuseTag(event, tag));
    }

    private void refuseTag(NodeEvent event, String tag) {
        String value = event instanceof ScalarEvent scalar ? scalar.getValue() : "";
        String text = tag + (value.isEmpty() ? "" : " " + value);
        document.problem(
                        Rule.YAML_MAGIC, span(event), "", text + " is a tag to YAML, not a pattern")
                .why("a plain value that starts with ! names a data type; patterns must be quoted")
                .fix('"' + text + '"');
    }

    private static Optional<String> tagOf(NodeEvent event) {
        return switch (event) {
            case ScalarEvent scalar -> scalar.getTag();
            case CollectionStartEvent collection -> collection.getTag().map(Object::toString);
            default -> Optional.empty();
        };
    }

    private static YamlNode.Scalar scalar(ScalarEvent event) {
        return event.getTag().isPresent()
                ? intended(event.getTag().get() + event.getValue(), event)
                : new YamlNode.Scalar(event.getValue(), event.isPlain(), span(event));
    }

    /** What was meant, so that a refused value causes no second message. */
    private static YamlNode.Scalar intended(String text, Event event) {
        return new YamlNode.Scalar(text, false, span(event));
    }

    private void close(Event end) {
        Open closed = open.pop();
        int lastLine = Math.max(closed.span().line(), span(end).line());
        var span = new Span(closed.span().line(), closed.span().column(), lastLine);
        add(
                closed.mapping()
                        ? mapping(closed, span)
                        : new YamlNode.Sequence(closed.children(), span));
    }

    private YamlNode.Mapping mapping(Open closed, Span span) {
        var entries = new ArrayList<YamlNode.Entry>();
        for (int index = 0; index + 1 < closed.children().size(); index += 2) {
            YamlNode key = closed.children().get(index);
            if (key instanceof YamlNode.Scalar name) {
                entries.add(new YamlNode.Entry(name, closed.children().get(index + 1)));
            } else {
                document.problem(Rule.WRONG_TYPE, key.span(), "", "a key is a single word")
                        .seen(key.kind())
                        .fix("quote the key when it holds brackets or braces");
            }
        }
        return new YamlNode.Mapping(entries, span);
    }

    private void add(YamlNode node) {
        Open parent = open.peek();
        if (parent == null) {
            roots.add(node);
        } else {
            parent.children().add(node);
        }
    }

    private static Span span(Event event) {
        int line = event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
        int column = event.getStartMark().map(Mark::getColumn).orElse(-1) + 1;
        int lastLine = event.getEndMark().map(Mark::getLine).orElse(-1) + 1;
        return new Span(line, column, Math.max(line, lastLine));
    }
}
