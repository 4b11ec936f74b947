package io.tombolo.simulation.law;

import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;

/** Hears of what is new in the log of one machine. */
interface Growth {

    /** A batch was appended, or found after a restart. */
    void appended(Machine machine, Place place, LogImage.Batch batch, Role role, LogImage image);

    /**
     * What was there in an earlier life is gone from {@code end} on.
     *
     * @param excusedFrom records from this offset on may be gone
     */
    void lost(Machine machine, Place place, long end, long excusedFrom);

    /** The machine has begun to lead, or leads in a higher epoch. */
    void leads(Machine machine, Place place, LogImage image);
}
