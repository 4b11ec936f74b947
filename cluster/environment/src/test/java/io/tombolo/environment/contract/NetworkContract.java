package io.tombolo.environment.contract;

import static io.tombolo.environment.contract.Recorder.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;
import io.tombolo.environment.Payload;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** What every network does. */
public abstract class NetworkContract {

    private static final FrameLimits LIMITS =
            new FrameLimits(4 << 20, 60_000_000_000L, Long.MAX_VALUE, 1 << 20);

    private final Queue<Recorder> accepted = new ConcurrentLinkedQueue<>();
    private Bench bench;
    private Network network;

    protected abstract Bench bench();

    /** A directory of the bench's disk in which files may be made. */
    protected abstract Path directory() throws IOException;

    @BeforeEach
    void open() {
        bench = bench();
        network = bench.environment().network();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void framesArriveInOrderAndSoDoTheirAnswers() {
        var client = client(echo());

        bench.run(
                loopOf(client),
                () ->
                        IntStream.range(0, 100)
                                .forEach(n -> client.connection().send(frame("frame " + n))));

        bench.until(() -> client.frameCount() == 100);
        assertThat(client.frames())
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(n -> "frame " + n).toList());
        assertThat(client.heardOutOfPlace()).isFalse();
        assertThat(accepted.element().heardOutOfPlace()).isFalse();
        assertThat(accepted.element().openedCount()).isEqualTo(1);
    }

    @Test
    void emptyAndLargeFramesAndFramesOfManyPartsArriveWhole() {
        var client = client(echo());
        byte[] large = new byte[3 << 20];
        Arrays.fill(large, (byte) 7);
        var direct = ByteBuffer.allocateDirect(100_000);
        List<Payload> parts =
                List.of(
                        new Payload.Memory(ByteBuffer.wrap(new byte[10])),
                        new Payload.Memory(direct),
                        new Payload.Memory(ByteBuffer.allocate(20_000)),
                        new Payload.Memory(ByteBuffer.allocate(0)));

        bench.run(
                loopOf(client),
                () -> {
                    client.connection().send(List.of());
                    client.connection().send(frame(large));
                    client.connection().send(parts);
                });

        bench.until(() -> client.frameCount() == 3);
        assertThat(client.frames()).containsExactly("", (3 << 20) + " bytes", "120010 bytes");
    }

    @Test
    void aPausedConnectionDeliversNothingAfterTheFrameBeingDelivered() {
        var client = client((connection, content) -> connection.pauseReading());
        bench.run(
                loopOf(client),
                () -> List.of("1", "2", "3").forEach(n -> client.connection().send(frame(n))));
        Recorder server = accepted.element();
        bench.until(() -> server.frameCount() == 1);
        bench.settle();

        assertThat(server.frames()).containsExactly("1");

        bench.run(server.connection().loop(), () -> server.connection().resumeReading());
        bench.until(() -> server.frameCount() == 2);
        bench.settle();
        assertThat(server.frames()).containsExactly("1", "2");
        bench.run(server.connection().loop(), () -> server.connection().resumeReading());
        bench.until(() -> server.frameCount() == 3);
    }

    @Test
    void resumingWithinTheSameFrameGoesOnAtOnce() {
        var client =
                client((connection, content) -> {
                    connection.pauseReading();
                    connection.send(frame(content));
                    connection.resumeReading();
                });

        bench.run(
                loopOf(client),
                () -> IntStream.range(0, 50).forEach(n -> client.connection().send(frame("" + n))));

        bench.until(() -> client.frameCount() == 50);
        assertThat(client.frames())
                .containsExactlyElementsOf(IntStream.range(0, 50).mapToObj(n -> "" + n).toList());
    }

    @Test
    void framesSentBeforeACloseAreDeliveredAfterAPause() {
        var client = client((connection, content) -> connection.pauseReading());
        bench.run(loopOf(client), () -> client.connection().send(frame("1")));
        Recorder server = accepted.element();
        bench.until(() -> server.frameCount() == 1);
        bench.run(loopOf(client), () -> client.connection().send(frame("2")));
        bench.settle();
        bench.run(
                loopOf(client),
                () -> client.connection().close(new CloseReason(CloseReason.Kind.LOCAL, "done")));
        bench.until(client::isClosed);

        bench.run(server.connection().loop(), () -> server.connection().resumeReading());

        bench.until(() -> server.frameCount() == 2);
        bench.run(server.connection().loop(), () -> server.connection().resumeReading());
        bench.until(server::isClosed);
        assertThat(server.frames()).containsExactly("1", "2");
    }

    @Test
    void aCloseIsHeardOnceAtBothEndsAndNeverWithinTheCall() {
        var client = client(echo());

        int heardWithin =
                bench.on(
                        loopOf(client),
                        () -> {
                            var reason = new CloseReason(CloseReason.Kind.LOCAL, "done");
                            client.connection().close(reason);
                            client.connection().close(reason);
                            return client.closedCount();
                        });

        assertThat(heardWithin).isZero();
        bench.until(() -> client.isClosed() && accepted.element().isClosed());
        bench.settle();
        assertThat(client.closedCount()).isEqualTo(1);
        assertThat(accepted.element().closedCount()).isEqualTo(1);
        assertThat(client.closed().kind()).isEqualTo(CloseReason.Kind.LOCAL);
        assertThat(accepted.element().closed().kind()).isEqualTo(CloseReason.Kind.PEER);
    }

    @Test
    void aConnectionThatCannotBeMadeSaysWhereItWasGoing() {
        // Nobody listens there, and no test is given it: a port just closed may be another's now.
        var nobody = new Endpoint(anyPort().host(), 1);
        var client = new Recorder();

        network.connect(bench.loop(1), nobody, LIMITS, client);

        bench.until(client::isClosed);
        assertThat(client.openedCount()).isZero();
        assertThat(client.closed().kind()).isEqualTo(CloseReason.Kind.UNREACHABLE);
        assertThat(client.closed().detail()).contains(nobody.toString()).contains("refused");
    }

    @Test
    void anUnknownHostIsUnreachable() {
        var client = new Recorder();
        network.connect(bench.loop(0), new Endpoint("no-such-host.invalid", 9), LIMITS, client);
        bench.until(client::isClosed);
        assertThat(client.closed().kind()).isEqualTo(CloseReason.Kind.UNREACHABLE);
        assertThat(client.closed().detail()).contains("no-such-host.invalid:9");
    }

    @Test
    void aBoundPortIsRefusedToASecondListener() {
        var listener = network.listen(anyPort(), LIMITS, connection -> new Recorder());
        assertThat(listener.address().port()).isPositive();
        assertThatThrownBy(() ->
                        network.listen(listener.address(), LIMITS, connection -> new Recorder()))
                .isInstanceOf(UncheckedIOException.class);
        listener.close();
    }

    @Test
    void aClosedListenerLeavesItsConnectionsOpen() {
        var listener = network.listen(anyPort(), LIMITS, connection -> accept(echo()));
        var client = connect(listener.address());

        listener.close();

        bench.run(loopOf(client), () -> client.connection().send(frame("still here")));
        bench.until(() -> client.frameCount() == 1);
    }

    @Test
    void aFrameAboveTheLimitClosesTheConnection() {
        var small = new FrameLimits(1000, 60_000_000_000L, Long.MAX_VALUE, 1 << 20);
        var listener = network.listen(anyPort(), small, connection -> accept(echo()));
        var client = connect(listener.address());

        bench.run(
                loopOf(client),
                () -> {
                    client.connection().send(frame(new byte[1000]));
                    client.connection().send(frame(new byte[1001]));
                });

        bench.until(() -> accepted.element().isClosed() && client.isClosed());
        assertThat(accepted.element().frames()).containsExactly("1000 bytes");
        assertThat(accepted.element().closed().kind()).isEqualTo(CloseReason.Kind.FRAME_SIZE);
        assertThat(client.closed().kind()).isEqualTo(CloseReason.Kind.PEER);
    }

    @Test
    void aQuietConnectionIsClosed() {
        var brief = new FrameLimits(1000, 60_000_000_000L, 20_000_000L, 1 << 20);
        var listener = network.listen(anyPort(), brief, connection -> accept(echo()));
        connect(listener.address());

        bench.until(() -> accepted.element().isClosed());
        assertThat(accepted.element().closed().kind()).isEqualTo(CloseReason.Kind.IDLE);
    }

    @Test
    void aPeerThatDoesNotReadHoldsBackItsOwnRequestsOnly() {
        byte[] answer = new byte[1 << 20];
        var client = client((connection, content) -> connection.send(frame(answer)));
        Recorder server = accepted.element();
        bench.run(
                loopOf(client),
                () -> {
                    client.connection().pauseReading();
                    for (int n = 0; n < 60; n++) {
                        client.connection().send(frame("more"));
                    }
                });
        bench.until(() -> server.connection().queuedBytes() > LIMITS.queuedBytesMax());
        bench.settle();

        assertThat(server.frameCount()).as("requests taken while answers wait").isLessThan(50);

        bench.run(loopOf(client), () -> client.connection().resumeReading());
        bench.until(() -> client.frameCount() == 60);
        assertThat(bench.on(loopOf(server), () -> server.connection().queuedBytes())).isZero();
    }

    @Test
    void aPartOfAFileArrivesAsItIsInTheFileAndIsReleasedOnce() throws IOException {
        byte[] content = new byte[300_000];
        for (int at = 0; at < content.length; at++) {
            content[at] = (byte) (at * 31 >> 3);
        }
        var received = new ConcurrentLinkedQueue<byte[]>();
        var disk = bench.environment().disk();
        var listener =
                network.listen(
                        anyPort(),
                        LIMITS,
                        connection -> accept((open, bytes) -> received.add(bytes)));
        var client = connect(listener.address());
        Payload slice;
        try (var file = disk.open(directory().resolve("segment"))) {
            file.append(ByteBuffer.wrap(content));
            slice = file.slice(1000, 250_000);
        }
        Payload head = new Payload.Memory(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        Payload tail = new Payload.Memory(ByteBuffer.wrap(new byte[] {4}));

        bench.run(loopOf(client), () -> client.connection().send(List.of(head, slice, tail)));

        bench.until(() -> !received.isEmpty());
        var expected = ByteBuffer.allocate(250_004);
        expected.put(new byte[] {1, 2, 3}).put(content, 1000, 250_000).put((byte) 4);
        assertThat(received.element()).isEqualTo(expected.array());
    }

    @Test
    void everyPartIsReleasedOnceAlsoWhenTheConnectionIsGone() throws IOException {
        var client = client(echo());
        var releases = new AtomicInteger();
        try (var file =
                java.nio.channels.FileChannel.open(
                        java.nio.file.Files.createTempFile("part", ".log"),
                        java.nio.file.StandardOpenOption.WRITE,
                        java.nio.file.StandardOpenOption.READ,
                        java.nio.file.StandardOpenOption.DELETE_ON_CLOSE)) {
            file.write(ByteBuffer.wrap("0123456789".getBytes(StandardCharsets.US_ASCII)));
            Payload part = new Payload.FileRegion(file, 2, 3, releases::incrementAndGet);

            bench.run(loopOf(client), () -> client.connection().send(List.of(part)));
            bench.until(() -> client.frameCount() == 1);
            assertThat(client.frames()).containsExactly("234");
            assertThat(releases).hasValue(1);

            bench.run(
                    loopOf(client),
                    () -> {
                        client.connection().send(List.of(part));
                        client.connection().close(new CloseReason(CloseReason.Kind.LOCAL, ""));
                        client.connection().send(List.of(part));
                    });
            bench.until(() -> client.isClosed() && releases.get() == 3);
            bench.run(loopOf(client), () -> client.connection().send(List.of(part)));
            bench.until(() -> releases.get() == 4);
            bench.settle();
            assertThat(releases).hasValue(4);
        }
    }

    private BiConsumer<Connection, byte[]> echo() {
        return (connection, content) -> connection.send(frame(content));
    }

    /** A client of a new listener whose connections answer in this way. */
    private Recorder client(BiConsumer<Connection, byte[]> answer) {
        var listener = network.listen(anyPort(), LIMITS, connection -> accept(answer));
        return connect(listener.address());
    }

    private Recorder accept(BiConsumer<Connection, byte[]> answer) {
        var recorder = new Recorder(answer);
        accepted.add(recorder);
        return recorder;
    }

    private Recorder connect(Endpoint address) {
        var client = new Recorder();
        int before = accepted.size();
        network.connect(bench.loop(0), address, LIMITS, client);
        bench.until(() ->
                client.isOpen()
                        && accepted.size() > before
                        && accepted.stream().allMatch(Recorder::isOpen));
        return client;
    }

    private static io.tombolo.environment.EventLoop loopOf(Recorder recorder) {
        return recorder.connection().loop();
    }

    private static Endpoint anyPort() {
        return new Endpoint("127.0.0.1", 0);
    }
}
