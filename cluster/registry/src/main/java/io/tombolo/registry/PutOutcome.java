package io.tombolo.registry;

/** What became of an entry that was put. */
public sealed interface PutOutcome {

    /** The registry holds it. */
    record Stored() implements PutOutcome {}

    /** A newer one is there, from another process that writes in the same name. */
    record Outdated(RegistryEntry.Stamp newer) implements PutOutcome {}

    /** It is not there, and putting it again will not help soon; a sentence for people. */
    record Refused(String reason) implements PutOutcome {}

    /** It may be there, or come: too few brokers are reached. Putting it again does no harm. */
    record Unknown(String reason) implements PutOutcome {}
}
