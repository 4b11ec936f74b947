package io.tombolo.broker.board;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.BrokerId;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionDocument.Standing;
import io.tombolo.region.registry.Sighting;
import io.tombolo.region.topology.Region;
import io.tombolo.registry.HazelcastSettings;
import io.tombolo.registry.bridge.OtherRegions;
import io.tombolo.registry.bridge.RegionBridge;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What this broker tells the others of its region, and sees of them and of the other regions. With
 * nobody to share with it keeps that to itself; one of several takes part in Hazelcast, once it has
 * served for a while: a member takes two seconds of a processor to start, which no client shall
 * wait for. Mutable, confined to the loop of the broker's core.
 */
public final class RegionBoard implements Standings, AutoCloseable {

    /** How often a broker says how it is. */
    static final Duration TELL = Duration.ofSeconds(2);

    /** How long a broker serves before it begins to share. */
    public static final Duration CALM = Duration.ofSeconds(30);

    /** Who has said nothing for so long is not counted. */
    static final Duration LATELY = Duration.ofSeconds(20);

    private final Place place;
    private final OtherRegions ways;
    private final Duration calm;
    private @Nullable Voice voice;
    private volatile @Nullable RegionBridge bridge;
    private long servingSinceNanos;
    private boolean served;
    private volatile boolean closed;

    /** Where the board is, and of whom. */
    public record Place(BrokerSettings settings, EventLoop loop, Clock clock, Entropy entropy) {}

    /** What a board tells; asked on the loop. */
    public interface Voice {

        /** How this broker is; empty before it serves. */
        Optional<Standing> standing();

        /** What this region says of itself, as this broker knows it; empty before the first. */
        Optional<RegionDocument> region();

        /** Whether it is this broker that speaks for all. */
        boolean speaker();
    }

    /**
     * What the board shows.
     *
     * @param members how many brokers share what they know, this one included; 0 when none do yet
     * @param expected how many there are
     * @param trouble why this broker could not tell the last thing; empty when it could
     * @param regions what is known of the other regions
     */
    public record View(
            int members, int expected, String trouble, List<RegionBridge.Sight> regions) {}

    /**
     * @param calm how long this broker serves before it takes part in what several share
     */
    public RegionBoard(Place place, OtherRegions ways, Duration calm) {
        this.place = place;
        this.ways = ways;
        this.calm = calm;
    }

    /** Begins to tell; on the loop. */
    public void start(Voice speaking) {
        voice = speaking;
        tell();
    }

    private void tell() {
        Voice speaking = voice;
        if (closed || speaking == null) {
            return;
        }
        Optional<Standing> standing = speaking.standing();
        if (standing.isPresent()) {
            takePart();
            speak(speaking, standing.get());
        }
        place.loop.schedule(TELL.toNanos(), this::tell);
    }

    private void takePart() {
        long now = place.clock.nanoTime();
        if (!served) {
            served = true;
            servingSinceNanos = now;
        }
        boolean shared = place.settings.topology().sharesRegistry(place.settings.region());
        if (bridge == null && (!shared || now - servingSinceNanos >= calm.toNanos())) {
            open(shared);
        }
    }

    private void open(boolean shared) {
        BrokerSettings settings = place.settings;
        var at =
                new RegionBridge.Place(
                        settings.region().id(),
                        settings.self().number() - 1,
                        place.loop,
                        place.clock,
                        place.entropy);
        List<RegionId> others =
                settings.topology().hostedRegions().stream()
                        .map(Region.Hosted::id)
                        .filter(it -> !it.equals(settings.region().id()))
                        .toList();
        RegionBridge opened =
                shared
                        ? RegionBridge.among(member(settings), at, ways, others)
                        : RegionBridge.alone(at, ways, others);
        bridge = opened;
        opened.start();
        if (closed) {
            opened.close();
        }
    }

    private static HazelcastSettings member(BrokerSettings settings) {
        return new HazelcastSettings(
                settings.clusterId().toString(),
                settings.region().nameOf(settings.self()),
                settings.self().listeners().registry(),
                settings.region().brokers().stream().map(it -> it.listeners().registry()).toList(),
                HazelcastSettings.Timing.STANDARD);
    }

    private void speak(Voice speaking, Standing standing) {
        RegionBridge opened = bridge;
        Optional<RegionDocument> region = speaking.region();
        if (opened == null || region.isEmpty()) {
            return;
        }
        opened.tell(word(region.get(), standing));
        if (speaking.speaker()) {
            opened.publish(region.get());
        }
    }

    /** What this broker says of itself, in the form in which regions speak. */
    private RegionDocument word(RegionDocument region, Standing standing) {
        Region.Broker self = place.settings.self();
        var broker =
                new RegionDocument.Broker(
                        self.id(), self.kafka(), self.admin(), Optional.of(standing));
        return new RegionDocument(
                region.region(),
                region.version(),
                List.of(broker),
                List.of(),
                List.of(),
                region.topology());
    }

    @Override
    public Map<BrokerId, Standing> lately() {
        var all = new TreeMap<BrokerId, Standing>();
        RegionBridge opened = bridge;
        if (opened != null) {
            for (Sighting word : opened.words()) {
                RegionDocument.Broker broker = word.document().brokers().getFirst();
                if (word.ageNanos() <= LATELY.toNanos()) {
                    broker.standing().ifPresent(it -> all.put(broker.id(), it));
                }
            }
        }
        Voice speaking = voice;
        if (speaking != null) {
            speaking.standing().ifPresent(it -> all.put(place.settings.id(), it));
        }
        return all;
    }

    /** What there is to see now; on the loop. */
    public View view() {
        RegionBridge opened = bridge;
        int expected = place.settings.region().brokers().size();
        return opened == null
                ? new View(0, expected, "", List.of())
                : new View(opened.reach().members(), expected, opened.trouble(), opened.sights());
    }

    /** Takes part no longer. Callable from any thread; may block. */
    @Override
    public void close() {
        closed = true;
        RegionBridge opened = bridge;
        if (opened != null) {
            opened.close();
        }
    }
}
