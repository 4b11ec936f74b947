package io.tombolo.region.link;

import java.util.List;

/** A link module. One provider per {@link LinkType} on the class path, without state of its own. */
public interface LinkProvider {

    /** The type that this module implements. */
    LinkType type();

    /** What the links of this module promise. */
    Guarantees guarantees();

    /**
     * What the links of a module promise.
     *
     * @param offsetsPreserved a record has the same offset at both ends
     * @param duplicatesPossible a record may arrive twice
     * @param synchronous an acknowledged record is in both regions
     * @param bidirectional both ends may be written at the same time
     */
    record Guarantees(
            boolean offsetsPreserved,
            boolean duplicatesPossible,
            boolean synchronous,
            boolean bidirectional) {}

    /**
     * Says why such a link cannot be opened; empty when it can. Pure: nothing is contacted, so it
     * may be asked before anything runs.
     */
    List<Reason> check(LinkSpec spec);

    /**
     * Makes a link. Returns at once; nothing is contacted and nothing moves before the first {@link
     * Link#reconcile}.
     *
     * @param spec a specification for which {@link #check} is empty
     * @param host the ports of the broker; used on {@code host.loop()} only
     */
    Link open(LinkSpec spec, LinkHost host);
}
