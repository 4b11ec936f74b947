package io.tombolo.cli.kafka;

/**
 * What a request to a region is about.
 *
 * @param kind topic, group or transaction; a plural without a name is all of them
 */
public record Subject(String kind, String name, String region) {

    /** A command about it that can be copied. */
    String command(String verb) {
        return "tombolo %s %s %s --region %s".formatted(kind, verb, name, region);
    }

    /** As in a sentence: {@code topic orders in eu}. */
    @Override
    public String toString() {
        return kind + (name.isEmpty() ? "" : " " + name) + " in " + region;
    }
}
