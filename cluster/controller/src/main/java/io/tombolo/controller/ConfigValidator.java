package io.tombolo.controller;

import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigResource;

import java.util.Optional;
import java.util.SortedMap;

/** Knows which configs exist and what their values may be. Pure; implemented by the broker. */
public interface ConfigValidator {

    /**
     * Checks the overrides of a resource as a whole.
     *
     * @param configs all overrides that it is going to have
     * @return why they may not be, normally INVALID_CONFIG and in the words that the client sees;
     *     empty when they may
     */
    Optional<Refusal> violation(ConfigResource resource, SortedMap<String, String> configs);

    /**
     * The value that a LIST config has without an override, comma-separated.
     *
     * @return empty when the config is not a LIST or does not exist
     */
    Optional<String> listDefault(ConfigResource resource, String key);
}
