package io.tombolo.cli.admin;

import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An admin endpoint that gives canned answers, and a topology file that leads to it. */
final class AdminStub implements AutoCloseable {

    private record Canned(int status, String json) {}

    private final HttpServer server;
    private final Map<String, Canned> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private AdminStub(HttpServer server) {
        this.server = server;
    }

    /** Listens, and writes {@code tombolo.yaml} into the folder. */
    static AdminStub in(Path folder) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var stub = new AdminStub(server);
        server.createContext(
                "/",
                exchange -> {
                    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
                    stub.asked.add(request);
                    Canned canned =
                            stub.answers.getOrDefault(
                                    request, new Canned(404, "{\"error\":\"not known\"}"));
                    byte[] body = canned.json().getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders()
                            .add("Content-Type", "application/json; charset=utf-8");
                    exchange.sendResponseHeaders(canned.status(), body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions:
                  us: { admin: "127.0.0.1:%d" }
                  eu: { bootstrap: "127.0.0.1:1" }
                links: { eu-to-us: { from: eu, to: us, topics: ["*"] } }
                failover: { shop: { follows: eu-to-us } }
                """
                        .formatted(server.getAddress().getPort()));
        return stub;
    }

    AdminStub answer(String request, int status, String json) {
        answers.put(request, new Canned(status, json));
        return this;
    }

    /** Every request so far. */
    List<String> asked() {
        return asked;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
