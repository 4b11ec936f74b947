package io.tombolo.controller.command;

import io.tombolo.metadata.record.ConfigResource;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Dynamic configs. Each resource is changed as a whole or not at all and has its own answer; a
 * resource that occurs twice is refused with INVALID_REQUEST.
 *
 * <p>POLICY_VIOLATION, unless the change comes from the link: what must equal the source's in a
 * mirror topic, and what links set on a topic that another region owns.
 */
public sealed interface ConfigCommand<A> extends Command<A> {

    /** Replaces all overrides of the resources: what is not named goes back to its default. */
    record AlterConfigs(List<Replacement> resources, boolean validateOnly)
            implements ConfigCommand<Map<ConfigResource, Answer<Applied>>> {

        public AlterConfigs {
            resources = List.copyOf(resources);
        }
    }

    /** Changes single overrides of the resources. */
    record IncrementalAlterConfigs(List<Alteration> resources, Origin origin, boolean validateOnly)
            implements ConfigCommand<Map<ConfigResource, Answer<Applied>>> {

        public IncrementalAlterConfigs {
            resources = List.copyOf(resources);
        }
    }

    /** Who asks. */
    enum Origin {
        CLIENT,
        /** The link that mirrors the topics. */
        LINK
    }

    /** All overrides that a resource shall have. */
    record Replacement(ConfigResource resource, SortedMap<String, String> configs) {

        public Replacement {
            configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        }
    }

    /** Changes to a resource, at most one for each key. */
    record Alteration(ConfigResource resource, List<Change> changes) {

        public Alteration {
            changes = List.copyOf(changes);
        }
    }

    /** A change of one config. */
    sealed interface Change {

        String key();

        record Set(String key, String value) implements Change {}

        record Delete(String key) implements Change {}

        /** Adds comma-separated items to a LIST; those already in are left where they are. */
        record Append(String key, String items) implements Change {}

        /** Takes comma-separated items out of a LIST. */
        record Subtract(String key, String items) implements Change {}
    }
}
