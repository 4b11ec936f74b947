package io.tombolo.cli.output;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;

/** Trees as text, and back. */
public final class TreeText {

    private TreeText() {}

    /** Indented JSON, ending with a line feed. */
    public static String json(Tree tree) {
        var pretty = new DefaultPrettyPrinter();
        var context =
                new ObjectWriteContext.Base() {
                    @Override
                    public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
                        return pretty;
                    }

                    @Override
                    public boolean hasPrettyPrinter() {
                        return true;
                    }
                };
        return written(new JsonFactory(), context, tree) + "\n";
    }

    /** JSON on one line, ending with a line feed. */
    public static String jsonLine(Tree tree) {
        return written(new JsonFactory(), ObjectWriteContext.empty(), tree) + "\n";
    }

    /** YAML in block style. */
    public static String yaml(Tree tree) {
        var factory =
                YAMLFactory.builder()
                        .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                        .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                        .build();
        String text = written(factory, ObjectWriteContext.empty(), tree);
        return text.endsWith("\n") ? text : text + "\n";
    }

    /** Reads one JSON document; empty when it is none. */
    public static Optional<Tree> parse(String json) {
        try (JsonParser parser =
                new JsonFactory()
                        .createParser(tools.jackson.core.ObjectReadContext.empty(), json)) {
            JsonToken first = parser.nextToken();
            return first == null ? Optional.empty() : Optional.of(read(parser, first));
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    private static Tree read(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                var entries = new LinkedHashMap<String, Tree>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    entries.put(name, read(parser, parser.nextToken()));
                }
                yield new Tree.Fields(entries);
            }
            case START_ARRAY -> {
                var items = new ArrayList<Tree>();
                for (var next = parser.nextToken();
                        next != JsonToken.END_ARRAY;
                        next = parser.nextToken()) {
                    items.add(read(parser, next));
                }
                yield new Tree.Items(items);
            }
            case VALUE_STRING -> new Tree.Text(parser.getString());
            case VALUE_NUMBER_INT -> new Tree.Whole(parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> new Tree.Fraction(parser.getDoubleValue());
            case VALUE_TRUE -> new Tree.Flag(true);
            case VALUE_FALSE -> new Tree.Flag(false);
            default -> Tree.NOTHING;
        };
    }

    private static String written(
            TokenStreamFactory factory, ObjectWriteContext context, Tree tree) {
        var text = new StringWriter();
        try (JsonGenerator generator = factory.createGenerator(context, text)) {
            generator.configure(StreamWriteFeature.AUTO_CLOSE_TARGET, false);
            write(generator, tree);
        }
        return text.toString();
    }

    private static void write(JsonGenerator generator, Tree tree) {
        switch (tree) {
            case Tree.Fields(var entries) -> {
                generator.writeStartObject();
                entries.forEach((name, value) -> {
                    generator.writeName(name);
                    write(generator, value);
                });
                generator.writeEndObject();
            }
            case Tree.Items(var items) -> {
                generator.writeStartArray();
                items.forEach(item -> write(generator, item));
                generator.writeEndArray();
            }
            case Tree.Text(String value) -> generator.writeString(value);
            case Tree.Whole(long value) -> generator.writeNumber(value);
            case Tree.Fraction(double value) -> generator.writeNumber(value);
            case Tree.Flag(boolean value) -> generator.writeBoolean(value);
            case Tree.Nothing _ -> generator.writeNull();
        }
    }
}
