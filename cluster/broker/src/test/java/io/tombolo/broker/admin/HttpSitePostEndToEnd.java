package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Topology.Guarantee;
import io.tombolo.region.topology.file.TopologyFile;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** Questions to a real socket, which need not answer. */
class HttpSitePostEndToEnd {

    private static final RegionId EU = new RegionId("eu");

    @Test
    void aQuestionComesBackWithItsAnswer() throws Exception {
        HttpServer server = server();
        server.createContext(
                "/api/v1/ledger",
                exchange -> {
                    byte[] question = exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(200, question.length + 1);
                    exchange.getResponseBody().write(question);
                    exchange.getResponseBody().write(9);
                    exchange.close();
                });
        server.start();
        try {
            assertThat(ask(post(server)).join())
                    .hasValueSatisfying(answer -> assertThat(answer).containsExactly(7, 9));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whoIsNotThereGivesNoAnswer() throws Exception {
        HttpServer server = server();
        HttpSitePost post = post(server);
        server.start();
        server.stop(0);

        assertThat(ask(post).join()).isEmpty();
    }

    @Test
    void moreQuestionsThanMayBeUnderWayAreNotAsked() throws Exception {
        HttpServer server = server();
        var asked = new CountDownLatch(HttpSitePost.UNDER_WAY_MAX);
        var answered = new CountDownLatch(1);
        server.createContext(
                "/api/v1/ledger",
                exchange -> {
                    asked.countDown();
                    try {
                        answered.await();
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        try {
            HttpSitePost post = post(server);
            List<CompletableFuture<Optional<byte[]>>> first = new ArrayList<>();
            for (int index = 0; index < HttpSitePost.UNDER_WAY_MAX; index++) {
                first.add(ask(post));
            }
            asked.await();

            assertThat(ask(post).join()).isEmpty();

            answered.countDown();
            assertThat(first).allMatch(one -> one.join().isPresent());
        } finally {
            server.stop(0);
        }
    }

    private static HttpServer server() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    private static HttpSitePost post(HttpServer server) {
        String file =
                """
                tombolo: 1
                regions: { eu: { admin: "127.0.0.1:%d" }, us: {}, witness: {} }
                ownership: { guarantee: quorum, sites: [eu, us, witness] }
                """
                        .formatted(server.getAddress().getPort());
        if (TopologyFile.parse("sites.yaml", file) instanceof TopologyFile.Valid valid
                && valid.topology().guarantee() instanceof Guarantee.Quorum quorum) {
            return HttpSitePost.of(valid.topology(), quorum);
        }
        throw new IllegalStateException("the file is broken");
    }

    private static CompletableFuture<Optional<byte[]>> ask(HttpSitePost post) {
        var answer = new CompletableFuture<Optional<byte[]>>();
        post.ask(EU, new byte[] {7}, answer::complete);
        return answer;
    }
}
