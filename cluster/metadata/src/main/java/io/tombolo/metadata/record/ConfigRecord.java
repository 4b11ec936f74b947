package io.tombolo.metadata.record;

/** What happens to a dynamic config. */
public sealed interface ConfigRecord extends MetadataRecord {

    ConfigResource resource();

    String key();

    /** The resource's config has this value from now on. */
    record ConfigSet(ConfigResource resource, String key, String value) implements ConfigRecord {

        public ConfigSet {
            Names.require(key, "config key");
        }
    }

    /** The resource's config is back at its default. */
    record ConfigRemoved(ConfigResource resource, String key) implements ConfigRecord {

        public ConfigRemoved {
            Names.require(key, "config key");
        }
    }
}
