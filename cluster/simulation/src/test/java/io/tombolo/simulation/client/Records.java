package io.tombolo.simulation.client;

import io.tombolo.simulation.law.Sent;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

/** Hears what producers were told. */
public interface Records {

    /** The broker said that the batch is in the log. */
    void acknowledged(Site site, Place place, Sent sent, long baseOffset);

    /** The leader said that it has the batch, which nobody else may have. */
    void acknowledgedAlone(Site site, Place place, Sent sent, long baseOffset);

    /**
     * The broker said that this region may not write; false when that is no longer so, and the
     * broker has not heard of it.
     */
    boolean refused(Site site, Place place);

    /** A batch that was sent more than once has been acknowledged. */
    void retried();

    /** Two batches in a row were refused and are in the log now, in their order. */
    void putInOrder();
}
