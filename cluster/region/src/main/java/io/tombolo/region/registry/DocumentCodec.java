package io.tombolo.region.registry;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.util.Map;

/**
 * The JSON form of region documents. A reader skips members it does not know, so that regions of
 * different releases understand each other; {@code "format"} changes only when that does not help.
 */
public final class DocumentCodec {

    static final int FORMAT = 1;

    /** The largest text that is read: about 10 000 ownership records and links. */
    public static final int CHARACTERS_MAX = 2_000_000;

    private DocumentCodec() {}

    /** What a text turns out to be. */
    public sealed interface Decoded {

        /** A document. */
        record Document(RegionDocument document) implements Decoded {}

        /** No document that this release understands; the reason is for the log. */
        record Malformed(String reason) implements Decoded {}
    }

    /** The document as JSON on one line, ASCII only. */
    public static String encode(RegionDocument document) {
        return DocumentWriter.write(document);
    }

    /** Reads a document from JSON; never throws, whatever the text. */
    public static Decoded decode(String json) {
        if (json.length() > CHARACTERS_MAX) {
            return new Decoded.Malformed(
                    "%d characters, more than %d".formatted(json.length(), CHARACTERS_MAX));
        }
        try {
            Object root = new Load(settings()).loadFromString(json);
            return root instanceof Map<?, ?> members
                    ? new Decoded.Document(DocumentReader.read(members))
                    : new Decoded.Malformed("not a JSON object");
        } catch (IllegalArgumentException | YamlEngineException malformed) {
            return new Decoded.Malformed(firstLine(malformed));
        } catch (StackOverflowError nestedTooDeeply) {
            return new Decoded.Malformed("nested too deeply");
        }
    }

    /** JSON is a subset of YAML 1.2; aliases, which are not JSON, are switched off. */
    private static LoadSettings settings() {
        return LoadSettings.builder()
                .setLabel("region document")
                .setCodePointLimit(CHARACTERS_MAX)
                .setMaxAliasesForCollections(0)
                .setAllowRecursiveKeys(false)
                .setAllowNonScalarKeys(false)
                .build();
    }

    private static String firstLine(RuntimeException malformed) {
        return String.valueOf(malformed.getMessage()).lines().findFirst().orElse("unreadable");
    }
}
