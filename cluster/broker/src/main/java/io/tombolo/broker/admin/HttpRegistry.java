package io.tombolo.broker.admin;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.DocumentCodec;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.registry.Sighting;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The notice-board over the admin interfaces of the regions: each region shows its own document and
 * reads those of the others now and then. Callable from any thread; guarded by one lock, under
 * which nothing is called that was not written here.
 */
public final class HttpRegistry implements RegionRegistry {

    /** Where a region shows its document. */
    public static final String PATH = "/api/v1/region";

    private static final AdminReader READER = new AdminReader(1_000, DocumentCodec.CHARACTERS_MAX);

    /** Regions that did not even accept a connection when they were last asked. */
    private final Set<RegionId> absent = ConcurrentHashMap.newKeySet();

    private final RegionId self;
    private final Map<RegionId, List<Endpoint>> peers;
    private final Clock clock;
    private final Set<RegionId> asking = ConcurrentHashMap.newKeySet();
    private final Map<RegionId, Endpoint> answering = new ConcurrentHashMap<>();
    private final Map<RegionId, Seen> seen = new TreeMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private @Nullable RegionDocument own;

    /**
     * @param peers the admin addresses of the other regions
     */
    public HttpRegistry(RegionId self, Map<RegionId, List<Endpoint>> peers, Clock clock) {
        this.self = self;
        this.peers = Map.copyOf(peers);
        this.clock = clock;
    }

    private record Seen(RegionDocument document, long atNanos) {}

    private record Listener(EventLoop loop, Consumer<RegionDocument> listener) {

        void deliver(RegionDocument document) {
            loop.execute(() -> listener.accept(document));
        }
    }

    @Override
    public synchronized void publish(RegionDocument document) {
        if (!document.region().equals(self)) {
            throw new IllegalArgumentException("the document is that of " + document.region());
        }
        if (own == null || document.version().compareTo(own.version()) >= 0) {
            own = document;
        }
    }

    /** This region's document as the others read it; empty before the first. */
    synchronized Optional<String> ownDocument() {
        return Optional.ofNullable(own).map(DocumentCodec::encode);
    }

    @Override
    public synchronized Optional<Sighting> lastSeen(RegionId region) {
        if (region.equals(self)) {
            return Optional.ofNullable(own).map(document -> new Sighting(document, 0));
        }
        return Optional.ofNullable(seen.get(region)).map(this::sighting);
    }

    @Override
    public synchronized List<Sighting> others() {
        return seen.values().stream().map(this::sighting).toList();
    }

    private Sighting sighting(Seen one) {
        return new Sighting(one.document(), clock.nanoTime() - one.atNanos());
    }

    @Override
    public synchronized Subscription subscribe(EventLoop loop, Consumer<RegionDocument> listener) {
        var added = new Listener(loop, listener);
        listeners.add(added);
        seen.values().forEach(one -> added.deliver(one.document()));
        return () -> remove(added);
    }

    private synchronized void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** Reads the documents of all other regions, each on a thread of its own; returns at once. */
    public void refresh() {
        for (RegionId region : peers.keySet()) {
            if (asking.add(region)) {
                Thread.ofVirtual().name("registry-" + region).start(() -> ask(region));
            }
        }
    }

    /**
     * Whether a region that nothing has been heard of yet may be there: it has not been asked yet,
     * or takes connections.
     */
    public synchronized boolean expectsMore() {
        return peers.keySet().stream()
                .anyMatch(region -> !seen.containsKey(region) && !absent.contains(region));
    }

    private void ask(RegionId region) {
        try {
            boolean connected = false;
            for (Endpoint admin : inTurn(region)) {
                try {
                    Optional<RegionDocument> document = document(region, READER.read(admin, PATH));
                    connected = true;
                    if (document.isPresent()) {
                        answering.put(region, admin);
                        accept(document.get());
                        return;
                    }
                } catch (AdminReader.NobodyThere nobody) {
                    continue;
                } catch (IOException silent) {
                    connected = true; // its silence is seen in the age of its document
                }
            }
            if (connected) {
                absent.remove(region);
            } else {
                absent.add(region);
            }
        } finally {
            asking.remove(region);
        }
    }

    /** The brokers of a region; the one that answered last comes first. */
    private List<Endpoint> inTurn(RegionId region) {
        var all = new ArrayList<>(peers.getOrDefault(region, List.of()));
        Endpoint last = answering.get(region);
        if (last != null && all.remove(last)) {
            all.addFirst(last);
        }
        return all;
    }

    private static Optional<RegionDocument> document(RegionId region, String text) {
        return DocumentCodec.decode(text)
                        instanceof DocumentCodec.Decoded.Document(RegionDocument document)
                ? Optional.of(document).filter(one -> one.region().equals(region))
                : Optional.empty();
    }

    private synchronized void accept(RegionDocument document) {
        Seen before = seen.get(document.region());
        int order = before == null ? 1 : document.version().compareTo(before.document().version());
        // A broker that is behind the others shows that its region is there, and nothing more.
        RegionDocument newest = before == null || order >= 0 ? document : before.document();
        seen.put(document.region(), new Seen(newest, clock.nanoTime()));
        if (order > 0) {
            listeners.forEach(listener -> listener.deliver(document));
        }
    }
}
