package io.tombolo.controller.command;

import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Dynamic configs. Each resource is changed as a whole or not at all and has its own answer; a
 * resource that occurs twice is refused with INVALID_REQUEST.
 *
 * <p>POLICY_VIOLATION, unless the change comes from the link: what must equal the source's in a
 * mirror topic, and what links set on a topic that another region owns.
 */
public sealed interface ConfigCommand<A> extends Command<A> {

    /** A change of some resources, each with an answer of its own. */
    sealed interface Alter extends ConfigCommand<Map<ConfigResource, Answer<Applied>>> {

        /** Whether it is only asked what would become of it. */
        boolean validateOnly();

        /** What is to be changed. */
        Set<ConfigResource> named();

        /** The change of the other resources. */
        Alter without(Set<ConfigResource> done);
    }

    /** Replaces all overrides of the resources: what is not named goes back to its default. */
    record AlterConfigs(List<Replacement> resources, boolean validateOnly) implements Alter {

        public AlterConfigs {
            resources = List.copyOf(resources);
        }

        @Override
        public Set<ConfigResource> named() {
            return resources.stream().map(Replacement::resource).collect(Collectors.toSet());
        }

        @Override
        public Alter without(Set<ConfigResource> done) {
            return new AlterConfigs(
                    resources.stream().filter(one -> !done.contains(one.resource())).toList(),
                    validateOnly);
        }
    }

    /** Changes single overrides of the resources. */
    record IncrementalAlterConfigs(List<Alteration> resources, Origin origin, boolean validateOnly)
            implements Alter {

        public IncrementalAlterConfigs {
            resources = List.copyOf(resources);
        }

        @Override
        public Set<ConfigResource> named() {
            return resources.stream().map(Alteration::resource).collect(Collectors.toSet());
        }

        @Override
        public Alter without(Set<ConfigResource> done) {
            return new IncrementalAlterConfigs(
                    resources.stream().filter(one -> !done.contains(one.resource())).toList(),
                    origin,
                    validateOnly);
        }
    }

    /**
     * A change that leaves a {@link io.tombolo.metadata.record.RegionRecord.Receipt} for every
     * resource that it changes, so that who asked can learn what became of it without an answer.
     *
     * @param ticket on the receipts; of this change alone
     */
    record Receipted(Uuid ticket, Alter change)
            implements ConfigCommand<Map<ConfigResource, Answer<Applied>>> {}

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
