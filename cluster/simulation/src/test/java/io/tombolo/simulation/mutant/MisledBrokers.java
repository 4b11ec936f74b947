package io.tombolo.simulation.mutant;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.DelegatingConnection;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;
import io.tombolo.environment.Payload;

import org.apache.kafka.common.protocol.ApiKeys;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A network that changes what brokers tell each other of transactions. */
record MisledBrokers(Network sound, Variant variant) implements Network {

    /** Key, version, correlation id. */
    private static final int CLIENT_ID_AT = 8;

    private static final int CORRELATION_ID_AT = 4;

    /** From the end of the client id: tagged fields, count, producer id, epoch. */
    private static final int RESULT_AFTER = 1 + 1 + 8 + 2;

    @Override
    public Listener listen(
            Endpoint bind, FrameLimits limits, Function<Connection, ConnectionHandler> acceptor) {
        return sound.listen(bind, limits, acceptor);
    }

    @Override
    public void connect(
            EventLoop loop, Endpoint remote, FrameLimits limits, ConnectionHandler handler) {
        sound.connect(loop, remote, limits, new Misleading(handler, variant));
    }

    private static final class Misleading implements ConnectionHandler {

        private final ConnectionHandler sound;
        private final Variant variant;
        private final Set<Integer> verifications = new HashSet<>();

        Misleading(ConnectionHandler sound, Variant variant) {
            this.sound = sound;
            this.variant = variant;
        }

        @Override
        public void opened(Connection connection) {
            sound.opened(new Changing(connection, this));
        }

        @Override
        public void received(Frame frame) {
            ByteBuffer bytes = frame.bytes();
            if (verifications.remove(bytes.getInt(bytes.position()))) {
                sound.received(new Forged(forged(bytes), frame));
            } else {
                sound.received(frame);
            }
        }

        @Override
        public void closed(CloseReason reason) {
            sound.closed(reason);
        }

        /** What is sent instead, which may be the same. */
        List<Payload> changed(List<Payload> frame) {
            ByteBuffer bytes = copied(frame);
            short key = bytes.getShort(0);
            if (key == ApiKeys.WRITE_TXN_MARKERS.id && variant == Variant.MARKERS_ARE_MIXED_UP) {
                int at = CLIENT_ID_AT + 2 + bytes.getShort(CLIENT_ID_AT) + RESULT_AFTER;
                bytes.put(at, (byte) (1 - bytes.get(at)));
            } else if (key == ApiKeys.ADD_PARTITIONS_TO_TXN.id
                    && variant == Variant.EVERYTHING_IS_VERIFIED) {
                verifications.add(bytes.getInt(CORRELATION_ID_AT));
            }
            return List.of(new Payload.Memory(bytes));
        }

        boolean lost(List<Payload> frame) {
            return variant == Variant.MARKERS_GET_LOST
                    && copied(frame).getShort(0) == ApiKeys.WRITE_TXN_MARKERS.id;
        }

        private static ByteBuffer copied(List<Payload> frame) {
            int length = frame.stream().mapToInt(Payload::length).sum();
            var bytes = ByteBuffer.allocate(length);
            frame.forEach(part -> bytes.put(((Payload.Memory) part).bytes().duplicate()));
            return bytes.flip();
        }

        /** An answer of AddPartitionsToTxn in which every partition is part of its transaction. */
        private static ByteBuffer forged(ByteBuffer answer) {
            var copy = ByteBuffer.allocate(answer.remaining()).put(answer.duplicate()).flip();
            var at = copy.duplicate();
            at.position(Integer.BYTES + 1 + Integer.BYTES + Short.BYTES);
            for (int ids = at.get(); ids > 1; ids--) {
                skipText(at);
                for (int topics = at.get(); topics > 1; topics--) {
                    skipText(at);
                    for (int partitions = at.get(); partitions > 1; partitions--) {
                        at.getInt();
                        copy.putShort(at.position(), (short) 0);
                        at.getShort();
                        at.get();
                    }
                    at.get();
                }
                at.get();
            }
            return copy;
        }

        private static void skipText(ByteBuffer at) {
            int length = at.get() - 1;
            at.position(at.position() + length);
        }
    }

    private record Forged(ByteBuffer bytes, Frame sound) implements Frame {

        @Override
        public void release() {
            sound.release();
        }
    }

    private static final class Changing extends DelegatingConnection {

        private final Misleading misleading;

        Changing(Connection sound, Misleading misleading) {
            super(sound);
            this.misleading = misleading;
        }

        @Override
        public void send(List<Payload> frame) {
            boolean plain = frame.stream().allMatch(Payload.Memory.class::isInstance);
            if (!plain) {
                super.send(frame);
            } else if (!misleading.lost(frame)) {
                super.send(misleading.changed(frame));
            }
        }
    }
}
