package io.tombolo.registry;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingEntry;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Where two halves of a region come together, the entry with the higher stamp stays. No clock is
 * asked, and what the larger half has does not count for more.
 */
final class StampMergePolicy
        implements SplitBrainMergePolicy<String, MergingEntry<String, String>, @Nullable String> {

    /** Made by Hazelcast, by its name. */
    StampMergePolicy() {}

    @Override
    public @Nullable String merge(
            MergingEntry<String, String> coming, @Nullable MergingEntry<String, String> there) {
        String key = String.valueOf(coming.getKey());
        return merged(
                key,
                coming.getDeserializedValue(),
                there == null ? null : there.getDeserializedValue());
    }

    static @Nullable String merged(String key, @Nullable String coming, @Nullable String there) {
        Optional<RegistryEntry> one = entry(key, coming);
        Optional<RegistryEntry> other = entry(key, there);
        if (one.isEmpty() || other.isEmpty()) {
            return one.or(() -> other).map(EntryCodec::value).orElse(null);
        }
        return EntryCodec.value(one.get().merged(other.get()));
    }

    private static Optional<RegistryEntry> entry(String key, @Nullable String value) {
        return Optional.ofNullable(value).flatMap(text -> EntryCodec.decode(key, text));
    }

    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
}
