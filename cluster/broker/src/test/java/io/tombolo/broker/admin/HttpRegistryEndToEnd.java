package io.tombolo.broker.admin;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.US;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.SystemClock;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpListener;
import io.tombolo.network.LoopSettings;
import io.tombolo.network.NettyLoops;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.registry.RegionDocument;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Two regions that read each other's documents over HTTP. */
class HttpRegistryEndToEnd {

    private static final long WAIT_SECONDS = 20;

    private final NettyLoops loops =
            new NettyLoops(
                    new LoopSettings("registry", 1, 1 << 20, false),
                    problem -> {
                        throw new AssertionError(problem);
                    });
    private final AtomicReference<String> shown = new AtomicReference<>("");
    private final HttpListener eu =
            HttpListener.open(
                    loops,
                    new Endpoint("127.0.0.1", 0),
                    _ -> HttpAnswer.json(200, shown.get()),
                    problem -> {
                        throw new AssertionError(problem);
                    });
    private final HttpRegistry us =
            new HttpRegistry(US, Map.of(EU, List.of(eu.address())), new SystemClock());
    private final LinkedBlockingQueue<RegionDocument> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        eu.close();
        loops.close();
    }

    @Test
    void aNewDocumentIsHeardOnceAndAnOlderOneNever() throws Exception {
        us.subscribe(loops.loop(0), heard::add);
        show(document(EU, 5));
        RegionDocument first = refreshUntilHeard();

        us.refresh();
        show(document(EU, 4));
        us.refresh();
        show(document(EU, 6));
        RegionDocument next = refreshUntilHeard();

        assertThat(first.version().sequence()).isEqualTo(5);
        assertThat(next.version().sequence()).isEqualTo(6);
        assertThat(heard).isEmpty();
        assertThat(us.lastSeen(EU))
                .hasValueSatisfying(seen ->
                        assertThat(seen.ageNanos())
                                .isLessThan(Duration.ofSeconds(WAIT_SECONDS).toNanos()));
        assertThat(us.others()).hasSize(1);
    }

    @Test
    void whoSubscribesLateHearsWhatIsKnown() throws Exception {
        var early = new LinkedBlockingQueue<RegionDocument>();
        us.subscribe(loops.loop(0), early::add);
        show(document(EU, 1));
        refreshUntil(early);

        us.subscribe(loops.loop(0), heard::add);

        assertThat(heard.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(document(EU, 1));
    }

    @Test
    void nonsenseAndTheDocumentOfAnotherRegionAreIgnored() throws Exception {
        us.subscribe(loops.loop(0), heard::add);
        shown.set("{ \"what\": ");
        us.refresh();
        show(document(US, 9));
        us.refresh();
        show(document(EU, 1));

        assertThat(refreshUntilHeard()).isEqualTo(document(EU, 1));
    }

    @Test
    void theOwnDocumentOnlyGoesForward() {
        us.publish(document(US, 2));
        us.publish(document(US, 1));

        assertThat(us.lastSeen(US).orElseThrow().document().version().sequence()).isEqualTo(2);
        assertThat(us.ownDocument()).isPresent();
        assertThat(us.others()).isEmpty();
    }

    private void show(RegionDocument document) {
        var source = new HttpRegistry(document.region(), Map.of(), new SystemClock());
        source.publish(document);
        shown.set(source.ownDocument().orElseThrow());
    }

    private RegionDocument refreshUntilHeard() throws InterruptedException {
        return refreshUntil(heard);
    }

    private RegionDocument refreshUntil(LinkedBlockingQueue<RegionDocument> queue)
            throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(WAIT_SECONDS).toNanos();
        while (System.nanoTime() < deadline) {
            us.refresh();
            RegionDocument next = queue.poll(20, TimeUnit.MILLISECONDS);
            if (next != null) {
                return next;
            }
        }
        throw new AssertionError("nothing was heard");
    }

    private static RegionDocument document(RegionId region, long sequence) {
        var ownership = new Ownership(new DomainName("eu-to-us"), EU, 1, Ownership.Mode.STEADY);
        return new RegionDocument(
                region,
                new RegionDocument.Version(3, sequence),
                List.of(),
                List.of(ownership),
                List.of());
    }
}
