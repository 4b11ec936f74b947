package io.tombolo.region.link;

/** The ways to join two regions. */
public enum LinkType {
    /** Byte-exact, offset-preserving, asynchronous. */
    CLUSTER_LINK,
    /** Re-produced, renamed or transformed, offset-translated, asynchronous. */
    MIRROR,
    /** One quorum and one set of in-sync replicas across regions, synchronous. */
    STRETCH
}
