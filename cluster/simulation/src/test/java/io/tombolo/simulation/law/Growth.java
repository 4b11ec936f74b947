package io.tombolo.simulation.law;

import io.tombolo.metadata.image.Restoration;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;

/** Hears of what is new in the log of one machine. */
interface Growth {

    /** What is committed of a partition. */
    LogImage image(Place place);

    /** There is a log, of which the image will tell from now on. */
    void begins(Machine machine, Place place, LogImage image);

    /** The machine is not to have the log any more, and has none. */
    void removed(Machine machine, Place place);

    /** A batch was appended, or found after a restart. */
    void appended(Machine machine, Place place, LogImage.Batch batch, Role role, LogImage image);

    /**
     * What was there in an earlier life is gone from {@code end} on.
     *
     * @param excusedFrom records from this offset on may be gone
     */
    void lost(Machine machine, Place place, long end, long excusedFrom);

    /**
     * Whether a log that was opened again may take the producer of a batch for one that it has
     * forgotten, and so let it begin anywhere: nothing of it is committed, or what it wrote just
     * before was lost to all replicas, with good reason.
     */
    boolean maybeForgotten(Place place, LogImage.Batch batch);

    /** A follower is about to be cut at {@code end}; the image is still what it was. */
    void cut(Machine machine, Place place, long end, LogImage image);

    /**
     * A log is about to be cut at {@code end}, because its topic comes back from another region and
     * the metadata say so; the image is still what it was.
     */
    void cutBack(Machine machine, Place place, long end, LogImage image, Restoration restoration);

    /** The machine has begun to lead, or leads in a higher epoch. */
    void leads(Machine machine, Place place, Role role, LogImage image);

    /**
     * The high watermark has moved forward, or a new life begins with it.
     *
     * @param led whether the machine led the partition before this event or after it
     */
    void committed(Machine machine, Partition partition, LogImage image, boolean led);
}
