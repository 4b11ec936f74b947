package io.tombolo.simulation;

/** Hears what producers were told. */
interface Records {

    /** A batch is about to be sent, perhaps once more. */
    void sending(Site site, Place place, Producing.Sent sent);

    /** The broker said that the batch is in the log. */
    void acknowledged(Site site, Place place, Producing.Sent sent, long baseOffset);

    /** The broker said that this region may not write. */
    void refused(Site site, Place place);
}
