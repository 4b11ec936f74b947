package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.Endpoint;
import io.tombolo.network.HttpAnswer;
import io.tombolo.network.HttpListener;
import io.tombolo.network.LoopSettings;
import io.tombolo.network.NettyLoops;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;

/** What is read from another broker, which may say anything or nothing. */
class AdminReaderEndToEnd {

    private final NettyLoops loops =
            new NettyLoops(
                    new LoopSettings("reader", 1, 1 << 20, false),
                    problem -> {
                        throw new AssertionError(problem);
                    });
    private final AtomicReference<HttpAnswer> shown = new AtomicReference<>();
    private final HttpListener other =
            HttpListener.open(
                    loops,
                    new Endpoint("127.0.0.1", 0),
                    ask -> ask.path().equals("/asked") ? shown.get() : HttpAnswer.error(404, "no"),
                    problem -> {
                        throw new AssertionError(problem);
                    });
    private final AdminReader reader = new AdminReader(20_000, 10);

    @AfterEach
    void stop() {
        other.close();
        loops.close();
    }

    @Test
    void anAnswerIsReadUpToItsBoundAndNotBeyond() throws IOException {
        shown.set(HttpAnswer.text(200, "0123456789"));
        assertThat(reader.read(other.address(), "/asked")).isEqualTo("0123456789");

        shown.set(HttpAnswer.text(200, "0123456789a"));
        assertThatThrownBy(() -> reader.read(other.address(), "/asked"))
                .hasMessage("more than 10 bytes");
    }

    @Test
    void aRefusalIsToldWithItsReason() {
        shown.set(HttpAnswer.error(503, "starting"));

        assertThatThrownBy(() -> reader.read(other.address(), "/asked"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(AdminReader.NobodyThere.class)
                .hasMessage("HTTP 503 {\"error\":\"starting\"}");
    }

    @Test
    void whereNobodyTakesConnectionsThatIsSaid() throws IOException {
        try (var silent = new Socket()) {
            silent.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            var there = new Endpoint("127.0.0.1", silent.getLocalPort());

            assertThatThrownBy(() -> reader.read(there, "/asked"))
                    .isInstanceOf(AdminReader.NobodyThere.class);
        }
    }
}
