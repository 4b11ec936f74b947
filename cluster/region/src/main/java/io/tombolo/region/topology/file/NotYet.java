package io.tombolo.region.topology.file;

import io.tombolo.region.diagnosis.Violation;

/**
 * Something the file asks for that this release understands and does not do.
 *
 * @param severity whether brokers may start all the same
 */
public record NotYet(Severity severity, Violation note) {

    /** What to do about it. */
    public enum Severity {
        /** Ignoring it would be unsafe or would break a promise: brokers do not start. */
        REFUSE,
        /** Brokers start and say so once. */
        WARN
    }
}
