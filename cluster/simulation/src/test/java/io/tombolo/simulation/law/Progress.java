package io.tombolo.simulation.law;

import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

/** Hears what groups have read and committed, wherever they did. */
public interface Progress {

    /** What held when a question was asked: the answer may be older than all that came since. */
    record Asked(long offset, long era) {}

    /** About to ask for the committed offset, or to commit one. */
    Asked asking(Site site, String group, Place place);

    /** A member begins at the committed offset, −1 for none. */
    void resumed(Site site, String group, Place place, long offset, Asked asked);

    void read(Site site, String group, Place place, long from, long to);

    /** Was given a batch. */
    void given(Site site, Place place, LogImage.Batch batch);

    /** The offset asked for is not in the log (any more); it goes on at another. */
    void reset(Site site, String group, Place place, long from, long to);

    /** A commit was taken. */
    void committed(Site site, String group, Place place, long offset, Asked asked);

    /** Nobody knows whether a commit was taken, or will be when it arrives at last. */
    void unanswered(Site site, String group, Place place, long offset);
}
