package io.tombolo.coordinator.group.consumer;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a consumer of the classic protocol tells its leader; Kafka's ConsumerProtocolSubscription of
 * the versions 0 to 3. Later versions begin with the same fields.
 *
 * @param version in which the consumer said so, and understands its assignment
 * @param topics that it reads
 * @param owned what it reads on while it joins; nothing when it lets go of everything first
 * @param rackId where it runs; null when it does not say
 */
public record Subscription(
        short version, Set<String> topics, NamedPartitions owned, @Nullable String rackId) {

    private static final int VERSION_OWNED = 1;
    private static final int VERSION_GENERATION = 2;
    private static final int VERSION_RACK = 3;

    /** Read from the bytes; empty when they are something else. */
    public static Optional<Subscription> read(byte[] metadata) {
        return EmbeddedReader.read(
                metadata,
                in -> {
                    short version = in.version();
                    Set<String> topics = names(in);
                    in.skipBytes();
                    NamedPartitions owned =
                            version >= VERSION_OWNED ? in.partitions() : NamedPartitions.NONE;
                    if (version >= VERSION_GENERATION) {
                        in.int32();
                    }
                    String rack = version >= VERSION_RACK ? in.nullableString() : null;
                    return new Subscription(version, topics, owned, rack);
                });
    }

    /** Only the topics, which is all that can be read of what some dialects say. */
    public static Optional<Set<String>> topics(byte[] metadata) {
        return EmbeddedReader.read(
                metadata,
                in -> {
                    in.version();
                    return names(in);
                });
    }

    private static Set<String> names(EmbeddedReader in) {
        var names = new TreeSet<String>();
        int count = in.count();
        for (int i = 0; i < count; i++) {
            names.add(in.string());
        }
        return names;
    }
}
