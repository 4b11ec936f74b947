package io.tombolo.simulation.law;

import io.tombolo.simulation.site.Place;

import java.util.List;
import java.util.TreeMap;

/** Judges what a region keeps, from what happens to the logs of its machines. */
interface Keeper extends Growth {

    /** A client was told that a batch is in the log. */
    void acknowledged(Place place, Sent sent, long base);

    /** The acknowledged batches that have to be there, by base offset. */
    TreeMap<Long, Sent> acked(Place place);

    /** A reader was given a batch. */
    void given(Place place, LogImage.Batch batch);

    /** Which partitions have copies that lack some of their records. */
    List<String> unequal();

    /** What leaders acknowledged alone. */
    AckedAlone alone(Place place);

    /** What has to hold when {@link #settled} and nothing is written any more. */
    void checkSettled();

    /** Whether the partition has ever lost its end. */
    boolean shortened(Place place);
}
