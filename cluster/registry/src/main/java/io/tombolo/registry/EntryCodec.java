package io.tombolo.registry;

import io.tombolo.region.RegionId;
import io.tombolo.registry.RegistryEntry.Stamp;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Entries as two texts, their key and the rest, which is all that brokers send each other. */
final class EntryCodec {

    private static final Pattern STAMPED =
            Pattern.compile("(\\d{1,18})\\.(\\d{1,18}) (.*)", Pattern.DOTALL);

    private EntryCodec() {}

    static String key(RegistryEntry entry) {
        return entry.key().toString();
    }

    static String value(RegistryEntry entry) {
        return entry.stamp() + " " + entry.text();
    }

    /** The entry; empty when the texts are not those of one. */
    static Optional<RegistryEntry> decode(String key, String value) {
        int slash = key.lastIndexOf('/');
        Matcher stamped = STAMPED.matcher(value);
        if (slash < 0 || !stamped.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new RegistryEntry(
                            new RegistryKey(
                                    new RegionId(key.substring(0, slash)),
                                    key.substring(slash + 1)),
                            new Stamp(
                                    Long.parseLong(stamped.group(1)),
                                    Long.parseLong(stamped.group(2))),
                            stamped.group(3)));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }
}
