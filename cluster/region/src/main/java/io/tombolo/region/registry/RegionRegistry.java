package io.tombolo.region.registry;

import io.tombolo.environment.EventLoop;
import io.tombolo.region.RegionId;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One region's view of the notice-board: it pins up its own document and reads those of the others.
 * Documents get lost and arrive late, never out of order: a document that is older than one already
 * seen is dropped. Callable from any thread.
 */
public interface RegionRegistry {

    /**
     * Replaces this region's document. Returns at once; the others see it when they can be reached.
     * A document of the same version has newer figures of links, an older one is a sign of life and
     * nothing more.
     *
     * @throws IllegalArgumentException when the document is that of another region
     */
    void publish(RegionDocument own);

    /** The latest document of another region, or of this one. Empty when none was ever seen. */
    Optional<Sighting> lastSeen(RegionId region);

    /** The latest document of every other region that was ever seen, ordered by region. */
    List<Sighting> others();

    /**
     * Has every new document of another region delivered on the loop, in the order of its versions,
     * starting with those already seen.
     *
     * @return what ends the subscription; a document that is under way may still arrive
     */
    Subscription subscribe(EventLoop loop, Consumer<RegionDocument> listener);

    /** A running subscription. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
