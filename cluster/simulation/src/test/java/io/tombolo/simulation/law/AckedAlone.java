package io.tombolo.simulation.law;

import io.tombolo.simulation.site.Place;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What leaders of one partition acknowledged alone (acks=1). It is lost with a leadership, when the
 * next leader begins without it, and with nothing else: then exactly these records are gone.
 */
public final class AckedAlone {

    private final Place place;
    private final Happenings happenings;

    /** What leaders have written, acknowledged or not, by token. */
    private final Map<String, Written> written = new LinkedHashMap<>();

    private static final class Written {
        final LogImage.Batch batch;
        boolean acked;
        boolean lost;

        Written(LogImage.Batch batch) {
            this.batch = batch;
        }
    }

    AckedAlone(Place place, Happenings happenings) {
        this.place = place;
        this.happenings = happenings;
    }

    /**
     * A batch is in a log.
     *
     * @param deposed whether that log's leader is replaced and has not heard of it
     */
    void appended(LogImage.Batch batch, boolean deposed) {
        if (batch.ofLeaderAlone() && !written.containsKey(batch.token())) {
            var one = new Written(batch);
            one.lost = deposed;
            written.put(batch.token(), one);
        }
    }

    /** A client was told that a batch is in the log. */
    void acknowledged(Sent sent, long base) {
        Written one = written.get(sent.token());
        Broken.unless(
                one != null && sent.isIn(one.batch) && one.batch.base() == base,
                Law.ACKED_BY_LEADER,
                "%s of %s was acknowledged at %d, no leader has written it there",
                sent,
                place,
                base);
        one.acked = true;
        if (one.lost) {
            happenings.note(Happening.ACKED_ALONE_LOST);
        }
    }

    /** A leader begins with this log. */
    void leads(LogImage image) {
        for (Written one : written.values()) {
            boolean before = one.lost;
            one.lost = !image.at(one.batch.base()).equals(Optional.of(one.batch));
            if (one.lost && !before && one.acked) {
                happenings.note(Happening.ACKED_ALONE_LOST);
            }
        }
    }

    /** When all replicas are equal: what is there is what no leader has begun without. */
    void check(LogImage committed) {
        for (Written one : written.values()) {
            boolean there = committed.at(one.batch.base()).filter(one.batch::equals).isPresent();
            Broken.unless(
                    there != one.lost,
                    Law.ACKED_BY_LEADER,
                    "%s of %s %s although %s",
                    one.batch,
                    place,
                    there ? "is there" : "is gone",
                    one.lost ? "a leader began without it" : "every leader began with it");
        }
    }

    /** The tokens of what was acknowledged and has to be there. */
    public Set<String> kept() {
        return tokens(one -> one.acked && !one.lost);
    }

    /** The tokens of what has to be gone. */
    public Set<String> lost() {
        return tokens(one -> one.lost);
    }

    private Set<String> tokens(Predicate<Written> which) {
        Collection<Written> all = written.values();
        return all.stream().filter(which).map(it -> it.batch.token()).collect(Collectors.toSet());
    }
}
