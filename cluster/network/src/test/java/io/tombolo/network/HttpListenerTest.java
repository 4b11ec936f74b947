package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

class HttpListenerTest {

    private final NettyBench bench = new NettyBench(true);
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final HttpListener listener =
            HttpListener.open(
                    bench.loops(), new Endpoint("127.0.0.1", 0), this::answer, failures::add);
    private final CountDownLatch slow = new CountDownLatch(1);

    private HttpAnswer answer(HttpAsk ask) throws InterruptedException {
        return switch (ask.path()) {
            case "/echo" ->
                    HttpAnswer.text(
                            200,
                            ask.method()
                                    + " "
                                    + ask.parameter("name").orElse("nobody")
                                    + " "
                                    + ask.text());
            case "/header" -> HttpAnswer.text(200, ask.headers().getOrDefault("x-token", "none"));
            case "/slow" -> {
                slow.await();
                yield HttpAnswer.text(200, "slow");
            }
            case "/broken" -> throw new IllegalStateException("secret");
            case "/unwritable" -> new HttpAnswer(200, "text/plain\r\nx: y", new byte[0]);
            default -> HttpAnswer.error(404, "no \"such\" page");
        };
    }

    @AfterEach
    void close() {
        client.close();
        listener.close();
        bench.close();
    }

    @Test
    void everyMethodReachesTheHandlerWithItsQueryAndBody() throws Exception {
        for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
            HttpResponse<String> response = ask(method, "/echo?name=J%C3%B6rg&x=1", "body");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(method + " Jörg body");
        }
    }

    @Test
    void headersAreFoundInLowerCase() throws Exception {
        var request = HttpRequest.newBuilder(uri("/header")).header("X-Token", "abc").build();
        assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("abc");
    }

    @Test
    void errorsAreOneLineOfJson() throws Exception {
        HttpResponse<String> response = ask("GET", "/nowhere", "");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("content-type").orElseThrow())
                .startsWith("application/json");
        assertThat(response.body()).isEqualTo("{\"error\":\"no \\\"such\\\" page\"}\n");
    }

    @Test
    void aHandlerThatThrowsAnswers500AndTellsNothingOfItself() throws Exception {
        HttpResponse<String> response = ask("GET", "/broken", "");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body())
                .isEqualTo("{\"error\":\"internal error: IllegalStateException\"}\n");
        assertThat(failures).hasSize(1);
    }

    @Test
    void anAnswerThatCannotBeWrittenClosesTheConnection() throws Exception {
        try (var socket = new Socket("127.0.0.1", listener.address().port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(
                            "GET /unwritable HTTP/1.1\r\nhost: x\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));

            assertThat(closedByPeer(socket)).isTrue();
            assertThat(failures).hasSize(1);
        }
    }

    @Test
    void otherMethodsAreRefused() throws Exception {
        assertThat(ask("PATCH", "/echo", "").statusCode()).isEqualTo(405);
    }

    @Test
    void aBodyAboveOneMebibyteIsRefused() throws Exception {
        var fits = BodyPublishers.ofByteArray(new byte[1 << 20]);
        var tooLarge = BodyPublishers.ofByteArray(new byte[(1 << 20) + 1]);
        var builder = HttpRequest.newBuilder(uri("/header")).expectContinue(true);
        assertThat(client.send(builder.POST(fits).build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        assertThat(
                        client.send(builder.POST(tooLarge).build(), BodyHandlers.ofString())
                                .statusCode())
                .isEqualTo(413);
    }

    @Test
    void headersAboveEightKibibytesAreRefused() throws Exception {
        var request =
                HttpRequest.newBuilder(uri("/header")).header("X-Token", "a".repeat(9000)).build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        try (var socket = new Socket("127.0.0.1", listener.address().port())) {
            String two =
                    """
                    GET /slow HTTP/1.1\r
                    host: x\r
                    \r
                    GET /echo?name=second HTTP/1.1\r
                    host: x\r
                    connection: close\r
                    \r
                    """;
            socket.getOutputStream().write(two.getBytes(StandardCharsets.US_ASCII));
            bench.settle();
            slow.countDown();

            String answers =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answers.indexOf("slow")).isPositive();
            assertThat(answers.indexOf("GET second")).isGreaterThan(answers.indexOf("slow"));
        }
    }

    @Test
    void whatIsNotHttpIsRefusedAndClosed() throws Exception {
        try (var socket = new Socket("127.0.0.1", listener.address().port())) {
            socket.getOutputStream()
                    .write("\0\0\0\4abcd\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void moreThanSixtyFourConnectionsAreTurnedAway() throws Exception {
        var sockets = new java.util.ArrayList<Socket>();
        try {
            for (int number = 0; number < 64; number++) {
                sockets.add(new Socket("127.0.0.1", listener.address().port()));
            }
            bench.settle();
            try (var oneTooMany = new Socket("127.0.0.1", listener.address().port())) {
                oneTooMany.setSoTimeout(30_000);
                assertThat(closedByPeer(oneTooMany)).isTrue();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static boolean closedByPeer(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private HttpResponse<String> ask(String method, String path, String body)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(uri(path))
                        .method(method, BodyPublishers.ofString(body))
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.address().port() + path);
    }
}
