package io.tombolo.registry.bridge;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.DocumentCodec;
import io.tombolo.region.registry.DocumentCodec.Decoded;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.Sighting;
import io.tombolo.registry.HazelcastRegistry;
import io.tombolo.registry.HazelcastSettings;
import io.tombolo.registry.InMemoryRegion;
import io.tombolo.registry.PutOutcome;
import io.tombolo.registry.Registry;
import io.tombolo.registry.RegistryBounds;
import io.tombolo.registry.RegistryEntry;
import io.tombolo.registry.RegistryEntry.Stamp;
import io.tombolo.registry.RegistryKey;
import io.tombolo.registry.RegistrySighting;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Brings what other regions say into the registry of this one, as seen by one of its brokers. All
 * of a region have a bridge, and mostly one of them works: who finds in the registry that a region
 * was heard of lately does not ask it, and the brokers differ in what they call lately. So the
 * first one asks, the next takes over when it is gone, and a broker that the others do not reach
 * asks for itself. Mutable; confined to its loop.
 *
 * <p>A region writes in its own name alone, and a copy has the version that its region gave it. So
 * it does not matter which broker copies, or how often.
 */
public final class RegionBridge implements AutoCloseable {

    /** How often the first broker asks each region. */
    public static final Duration INTERVAL = Duration.ofMillis(500);

    private static final String DOCUMENT = "document";
    private static final String BROKER = "broker-";

    private final Place place;
    private final Registry registry;
    private final SortedMap<RegionId, Asking> regions = new TreeMap<>();
    private final SortedMap<RegionId, Heard> heard = new TreeMap<>();
    private String trouble = "";
    private volatile boolean closed;

    /**
     * @param rank of this broker among those of its region, from 0
     */
    public record Place(RegionId region, int rank, EventLoop loop, Clock clock, Entropy entropy) {}

    /** What came here directly, whatever became of its copy. */
    private record Heard(RegionDocument document, long atNanos) {}

    /**
     * What is known of another region.
     *
     * @param sighting empty when nothing ever was heard
     * @param trouble why it does not answer this broker; empty when it does, or another one asks
     */
    public record Sight(RegionId region, Optional<Sighting> sighting, String trouble) {}

    /** Of a broker that has no others beside it: what it knows it need not share. */
    public static RegionBridge alone(Place place, OtherRegions ways, Collection<RegionId> others) {
        Registry registry = new InMemoryRegion(place.clock(), RegistryBounds.STANDARD, 1).join();
        return new RegionBridge(place, registry, ways, others);
    }

    /**
     * Of one of several brokers, which begins to share with the others what it knows. That takes a
     * while, and two seconds of a processor; returns at once.
     */
    public static RegionBridge among(
            HazelcastSettings member, Place place, OtherRegions ways, Collection<RegionId> others) {
        Registry registry =
                HazelcastRegistry.open(
                        member, place.clock(), RegistryBounds.STANDARD, place.loop());
        return new RegionBridge(place, registry, ways, others);
    }

    /**
     * @param others all other regions
     */
    RegionBridge(Place place, Registry registry, OtherRegions ways, Collection<RegionId> others) {
        this.place = place;
        this.registry = registry;
        for (RegionId other : others) {
            if (other.equals(place.region())) {
                throw new IllegalArgumentException(other + " is this region itself");
            }
            regions.put(
                    other, new Asking(other, ways, place.loop(), place.clock(), place.entropy()));
        }
    }

    /** Begins to ask. */
    public void start() {
        regions.forEach(this::askIfUnheard);
        if (!closed) {
            place.loop().schedule(INTERVAL.toNanos(), this::start);
        }
    }

    private void askIfUnheard(RegionId region, Asking asking) {
        long patienceNanos = INTERVAL.toNanos() * 3 * place.rank();
        boolean lately =
                place.rank() > 0
                        && copy(region).filter(it -> it.ageNanos() < patienceNanos).isPresent();
        if (!lately && !closed) {
            asking.round(this::took);
        }
    }

    private void took(RegionDocument document) {
        Heard before = heard.get(document.region());
        RegionDocument newest =
                before != null && before.document.version().compareTo(document.version()) > 0
                        ? before.document
                        : document;
        heard.put(document.region(), new Heard(newest, place.clock().nanoTime()));
        put(newest);
    }

    /**
     * Shows this region's own document to its brokers.
     *
     * @throws IllegalArgumentException when it is another region's
     */
    public void publish(RegionDocument own) {
        checkOwn(own);
        put(own);
    }

    /**
     * Shows what one broker knows of itself to the others of this region: a document that names
     * nobody but that broker, and that nobody but it puts.
     *
     * @throws IllegalArgumentException when it is another region's, or names more than one
     */
    public void tell(RegionDocument word) {
        checkOwn(word);
        if (word.brokers().size() != 1) {
            throw new IllegalArgumentException("the word of %s".formatted(word.brokers()));
        }
        put(new RegistryKey(word.region(), BROKER + word.brokers().getFirst().id()), word);
    }

    private void checkOwn(RegionDocument document) {
        if (!document.region().equals(place.region())) {
            throw new IllegalArgumentException(
                    "%s does not speak for %s".formatted(place.region(), document.region()));
        }
    }

    private void put(RegionDocument document) {
        put(key(document.region()), document);
    }

    private void put(RegistryKey key, RegionDocument document) {
        var entry =
                new RegistryEntry(
                        key,
                        new Stamp(document.version().incarnation(), document.version().sequence()),
                        DocumentCodec.encode(document));
        registry.put(entry, place.loop(), this::noted);
    }

    private void noted(PutOutcome outcome) {
        trouble =
                switch (outcome) {
                    case PutOutcome.Stored _, PutOutcome.Outdated _ -> "";
                    case PutOutcome.Refused(String reason) -> reason;
                    case PutOutcome.Unknown(String reason) -> reason;
                };
    }

    private static RegistryKey key(RegionId region) {
        return new RegistryKey(region, DOCUMENT);
    }

    /** Why the registry did not take the last document; empty when it did. */
    public String trouble() {
        return trouble;
    }

    /** What the brokers of this region told of themselves, this one included; never waits. */
    public List<Sighting> words() {
        return registry.all().stream()
                .filter(it -> it.entry().key().region().equals(place.region()))
                .filter(it -> it.entry().key().name().startsWith(BROKER))
                .flatMap(it -> sighting(it).stream())
                .filter(it -> it.document().brokers().size() == 1)
                .toList();
    }

    /** How many brokers of this region share what they know. */
    public Registry.Reach reach() {
        return registry.reach();
    }

    /** What is known of every other region, by name; never waits. */
    public List<Sight> sights() {
        return regions.entrySet().stream().map(this::sight).toList();
    }

    private Sight sight(Map.Entry<RegionId, Asking> one) {
        RegionId region = one.getKey();
        Optional<Sighting> direct =
                Optional.ofNullable(heard.get(region))
                        .map(it ->
                                new Sighting(it.document, place.clock().nanoTime() - it.atNanos));
        Optional<Sighting> best =
                copy(region)
                        .map(it -> direct.map(other -> newer(it, other)).orElse(it))
                        .or(() -> direct);
        return new Sight(region, best, one.getValue().trouble());
    }

    /** The newer document, and the later of both signs of life. */
    private static Sighting newer(Sighting one, Sighting other) {
        boolean first = one.document().version().compareTo(other.document().version()) >= 0;
        return new Sighting(
                first ? one.document() : other.document(),
                Math.min(one.ageNanos(), other.ageNanos()));
    }

    /** What the registry shows; no other region can have put it there. */
    private Optional<Sighting> copy(RegionId region) {
        return registry.lastSeen(key(region)).flatMap(RegionBridge::sighting);
    }

    /** Whoever put it: a document counts only under the name of the region that it speaks for. */
    private static Optional<Sighting> sighting(RegistrySighting found) {
        return DocumentCodec.decode(found.entry().text())
                                instanceof Decoded.Document(RegionDocument document)
                        && document.region().equals(found.entry().key().region())
                ? Optional.of(new Sighting(document, found.ageNanos()))
                : Optional.empty();
    }

    /** Asks nobody any more and leaves the registry. Callable from any thread; may block. */
    @Override
    public void close() {
        closed = true;
        registry.close();
    }
}
