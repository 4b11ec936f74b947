package io.tombolo.metadata.image;

import io.tombolo.metadata.record.ConfigResource;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

import java.util.Optional;

/**
 * Dynamic configs, overrides only.
 *
 * @param byResource resources that have at least one override
 */
public record ConfigsImage(PSortedMap<ConfigResource, PSortedMap<String, String>> byResource) {

    /** The one and only, by which those who remember what follows from it know it. */
    private static final PSortedMap<String, String> NONE = TreePMap.empty();

    static final ConfigsImage EMPTY = new ConfigsImage(TreePMap.empty());

    /**
     * The overrides of a resource, ordered by key; empty when it has none. The same object as long
     * as they do not change.
     */
    public PSortedMap<String, String> of(ConfigResource resource) {
        PSortedMap<String, String> found = byResource.get(resource);
        return found == null ? NONE : found;
    }

    public Optional<String> value(ConfigResource resource, String key) {
        return Optional.ofNullable(of(resource).get(key));
    }

    ConfigsImage with(ConfigResource resource, String key, String value) {
        return new ConfigsImage(byResource.plus(resource, of(resource).plus(key, value)));
    }

    ConfigsImage without(ConfigResource resource, String key) {
        PSortedMap<String, String> left = of(resource).minus(key);
        return new ConfigsImage(
                left.isEmpty() ? byResource.minus(resource) : byResource.plus(resource, left));
    }

    ConfigsImage without(ConfigResource resource) {
        return new ConfigsImage(byResource.minus(resource));
    }
}
