package io.tombolo.cli.kafka;

import io.tombolo.environment.Endpoint;

import org.apache.kafka.common.protocol.ApiKeys;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks a broker for the versions that it speaks, as the first request of every client does.
 * Blocking.
 *
 * @param roundTripMs from the question to the answer
 * @param highest version of each API that the broker serves
 */
public record Handshake(long roundTripMs, Map<ApiKeys, Short> highest) {

    private static final int APIS_MAX = 1_000;
    private static final int OK = 0;

    /** What a link asks of its source, and the lowest version that does. */
    private static final Map<ApiKeys, Short> NEEDED =
            new EnumMap<>(
                    Map.of(
                            ApiKeys.METADATA, (short) 7,
                            ApiKeys.FETCH, (short) 12,
                            ApiKeys.LIST_OFFSETS, (short) 5,
                            ApiKeys.OFFSET_FOR_LEADER_EPOCH, (short) 3,
                            ApiKeys.DESCRIBE_CONFIGS, (short) 1,
                            ApiKeys.LIST_GROUPS, (short) 3,
                            ApiKeys.OFFSET_FETCH, (short) 5));

    /** Connects and asks; the version 0 of the question is understood by every broker. */
    public static Handshake with(Endpoint broker, int timeoutMs) throws IOException {
        try (var socket = new Socket()) {
            var address = new InetSocketAddress(broker.host(), broker.port());
            if (address.isUnresolved()) {
                throw new IOException("the name " + broker.host() + " is not known here");
            }
            socket.connect(address, timeoutMs);
            socket.setSoTimeout(timeoutMs);
            long start = System.nanoTime();
            ask(new DataOutputStream(socket.getOutputStream()));
            Map<ApiKeys, Short> highest = read(new DataInputStream(socket.getInputStream()));
            return new Handshake(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start), highest);
        }
    }

    private static void ask(DataOutputStream out) throws IOException {
        out.writeInt(2 + 2 + 4 + 2);
        out.writeShort(ApiKeys.API_VERSIONS.id);
        out.writeShort(0);
        out.writeInt(1); // correlation id
        out.writeShort(-1); // no client id
        out.flush();
    }

    private static Map<ApiKeys, Short> read(DataInputStream in) throws IOException {
        in.readInt(); // length
        in.readInt(); // correlation id
        if (in.readShort() != OK) {
            throw new IOException("it refuses to tell the versions that it speaks");
        }
        int count = in.readInt();
        if (count < 0 || count > APIS_MAX) {
            throw new IOException("what answers is no Kafka broker");
        }
        var highest = new EnumMap<ApiKeys, Short>(ApiKeys.class);
        for (int i = 0; i < count; i++) {
            int key = in.readShort();
            in.readShort(); // lowest
            short high = in.readShort();
            if (ApiKeys.hasId(key)) {
                highest.put(ApiKeys.forId(key), high);
            }
        }
        return highest;
    }

    /** What it does not speak and a link needs, as one line. */
    public Optional<String> missing() {
        for (var one : NEEDED.entrySet()) {
            short has = highest.getOrDefault(one.getKey(), (short) -1);
            if (has < one.getValue()) {
                return Optional.of(
                        "%s %d (it has %s)"
                                .formatted(
                                        one.getKey(),
                                        one.getValue(),
                                        has < 0 ? "none" : "up to " + has));
            }
        }
        return Optional.empty();
    }
}
