package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerObserver;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.environment.Environment;
import io.tombolo.environment.FileDisk;
import io.tombolo.environment.SystemClock;
import io.tombolo.environment.SystemEntropy;
import io.tombolo.environment.ThreadOffload;
import io.tombolo.network.LoopSettings;
import io.tombolo.network.NettyLoops;
import io.tombolo.network.NettyNetwork;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.storage.log.Recovery;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A broker that went down right after it had claimed the ownership. */
class InterruptedFailoverEndToEnd {

    private static final RegionId US = new RegionId("us");
    private static final long WAIT_SECONDS = 40;

    @TempDir Path folder;

    @Test
    void theTopicsBecomeWritableAtTheNextStart() throws Exception {
        try (var site = Site.linked(folder)) {
            Clients eu = site.clients("eu");
            Clients us = site.clients("us");
            site.startAll();
            eu.create("orders", 2);
            eu.produce("orders", 0, "a", "b");
            Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(2));
            us.commit("ahead", "orders", 0, 7);
            site.stop("eu");
            site.stop("us");
            claimAndStop(site.settings("us"));

            site.start("us");

            Patience.until(() -> us.produce("orders", 1, "other"));
            us.produce("orders", 0, "c");
            assertThat(us.read("orders", 0, 3)).containsExactly("a", "b", "c");
            var again = site.admin("us").post("/api/v1/failover/eu-to-us");
            assertThat(again.json().get("code").asString()).isEqualTo("TMB-4010");

            // Loaded before they were clamped, and reported as if nothing had come between.
            assertThat(us.committed("ahead", "orders", 0)).isEqualTo(2);
            var finished = site.admin("us").get("/api/v1/failover/eu-to-us").json().get("finished");
            assertThat(finished.get("origin").asString()).isEqualTo("RESUMED");
            assertThat(finished.get("steps").size()).isEqualTo(4);
            assertThat(finished.get("topics").size()).isEqualTo(2);
            assertThat(finished.get("clamped").get(0).get("from").asLong()).isEqualTo(7);
            var link = site.admin("us").get("/api/v1/links/eu-to-us").json();
            assertThat(link.get("trouble").isNull()).isTrue();
        }
    }

    /** The first step of a failover, and nothing after it. */
    private static void claimAndStop(BrokerSettings settings) throws Exception {
        var failure = new CompletableFuture<String>();
        try (var loops =
                        new NettyLoops(
                                new LoopSettings("claim", 1, 64L << 20, true),
                                problem -> failure.complete(problem.toString()));
                var offload = new ThreadOffload("claim-io", 2)) {
            var clock = new SystemClock();
            var network = new NettyNetwork(loops, clock);
            var serving = new CompletableFuture<Boolean>();
            var broker =
                    new Broker(
                            settings,
                            new Environment(
                                    clock,
                                    loops,
                                    network,
                                    new FileDisk(),
                                    offload,
                                    new SystemEntropy()),
                            new Broker.Surroundings(
                                    new InMemoryRegistry(clock).of(US),
                                    ServiceLoader.load(LinkProvider.class)
                                            .findFirst()
                                            .orElseThrow(),
                                    network),
                            observer(serving, failure));
            broker.start();
            serving.get(WAIT_SECONDS, TimeUnit.SECONDS);
            var claimed = new CompletableFuture<Answer<Ownership>>();
            broker.core()
                    .orElseThrow()
                    .submit(
                            new RegionCommand.ClaimOwnership(
                                    new DomainName("eu-to-us"),
                                    US,
                                    1,
                                    Ownership.Mode.FORCED,
                                    "a test"),
                            broker.loop(),
                            claimed::complete);
            assertThat(claimed.get(WAIT_SECONDS, TimeUnit.SECONDS)).isInstanceOf(Answer.Done.class);
            var stopped = new CompletableFuture<Boolean>();
            broker.stop(() -> stopped.complete(true));
            stopped.get(WAIT_SECONDS, TimeUnit.SECONDS);
            assertThat(failure).isNotDone();
        }
    }

    private static BrokerObserver observer(
            CompletableFuture<Boolean> serving, CompletableFuture<String> failure) {
        return new BrokerObserver() {
            @Override
            public void repaired(Recovery recovery) {}

            @Override
            public void serving() {
                serving.complete(true);
            }

            @Override
            public void failed(String reason, StartRefused.Fix fix) {
                failure.complete(reason);
                serving.completeExceptionally(new IllegalStateException(reason));
            }
        };
    }
}
