package io.tombolo.broker.admin;

import io.tombolo.broker.link.RegionPeers;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Endpoint;
import io.tombolo.region.link.LinkStatus;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The other brokers of this region, asked over their admin interfaces what only they know: how far
 * their links are. Callable from any thread; who does not answer in time is passed over.
 */
public final class PeerBrokers implements RegionPeers {

    private static final Logger LOG = LoggerFactory.getLogger(PeerBrokers.class);

    /** Where a broker tells of itself. */
    static final String PATH = "/api/v1/report";

    private static final long NEVER = Long.MIN_VALUE;
    private static final int TIMEOUT_MS = 1_000;
    private static final AdminReader READER = new AdminReader(TIMEOUT_MS, 64 << 20);

    /** Reports that are older count as none. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final SortedMap<Integer, Endpoint> peers;
    private final Clock clock;
    private final AtomicLong askedNanos = new AtomicLong(NEVER);
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final Map<Integer, Heard> heard = new ConcurrentSkipListMap<>();

    private record Heard(BrokerReport report, long atNanos) {}

    /**
     * What they answered.
     *
     * @param silent the ids of those that did not
     */
    record Answers(List<BrokerReport> reports, List<Integer> silent) {

        /** What links do at those that answered. */
        List<LinkStatus> links() {
            return reports.stream().flatMap(one -> one.links().stream()).toList();
        }
    }

    /**
     * @param peers the admin addresses of the other brokers of this region, by id
     */
    public PeerBrokers(Map<Integer, Endpoint> peers, Clock clock) {
        this.peers = new TreeMap<>(peers);
        this.clock = clock;
    }

    /** Asks all of them at once and waits for the answers, about a second at most. */
    Answers ask() {
        askedNanos.set(clock.nanoTime());
        var answers = new ConcurrentSkipListMap<Integer, BrokerReport>();
        var open = new CountDownLatch(peers.size());
        peers.forEach((id, admin) ->
                Thread.ofVirtual()
                        .name("peer-" + id)
                        .start(() -> {
                            read(id, admin)
                                    .filter(report -> report.brokerId() == id)
                                    .ifPresent(report -> answers.put(id, report));
                            open.countDown();
                        }));
        try {
            // Connecting and reading each have their own limit.
            boolean late = !open.await(2L * TIMEOUT_MS + 200, TimeUnit.MILLISECONDS);
            LOG.atTrace().addKeyValue("late", late).log("Peers were asked");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        var told = new TreeMap<>(answers);
        told.forEach((id, report) -> heard.put(id, new Heard(report, clock.nanoTime())));
        var silent = new ArrayList<>(peers.keySet());
        silent.removeAll(told.keySet());
        return new Answers(List.copyOf(told.values()), silent);
    }

    /** Whether they were asked so lately. */
    public boolean askedWithin(long nanos) {
        long asked = askedNanos.get();
        return asked != NEVER && clock.nanoTime() - asked < nanos;
    }

    /** Asks all of them in the background; returns at once. */
    public void refresh() {
        if (!peers.isEmpty() && refreshing.compareAndSet(false, true)) {
            Thread.ofVirtual()
                    .name("peers")
                    .start(() -> {
                        try {
                            ask();
                        } finally {
                            refreshing.set(false);
                        }
                    });
        }
    }

    @Override
    public List<LinkStatus> links() {
        return fresh().stream().flatMap(one -> one.links().stream()).toList();
    }

    @Override
    public boolean serving() {
        return fresh().stream().anyMatch(BrokerReport::serving);
    }

    private List<BrokerReport> fresh() {
        long now = clock.nanoTime();
        return heard.values().stream()
                .filter(one -> now - one.atNanos() <= FRESH.toNanos())
                .map(Heard::report)
                .toList();
    }

    /** Names what it has of topics, so that it is told of them only when something has changed. */
    private Optional<BrokerReport> read(int id, Endpoint admin) {
        Optional<BrokerReport> before = Optional.ofNullable(heard.get(id)).map(Heard::report);
        String known = before.map(it -> it.edition().name()).orElse("");
        Optional<BrokerReport> answer = read(admin, known);
        Optional<BrokerReport> whole = answer.flatMap(it -> it.completed(before));
        return answer.isPresent() && whole.isEmpty() ? read(admin, "") : whole;
    }

    private static Optional<BrokerReport> read(Endpoint admin, String known) {
        try {
            String path = known.isEmpty() ? PATH : PATH + "?known=" + known;
            return BrokerReport.decode(READER.read(admin, path));
        } catch (IOException silent) {
            return Optional.empty(); // told as silent
        }
    }
}
