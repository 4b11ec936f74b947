package io.tombolo.environment.simulated;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/**
 * One direction of a connection: packets arrive in the order in which they were sent, each some
 * time after it was sent. While the way is cut, or the receiver does not read, they stay here.
 */
final class Wire {

    /** What the operating systems at both ends buffer before a sender has to keep it itself. */
    static final long SOCKET_BYTES = 256 * 1024;

    private final SimulatedNetwork fabric;
    private final SimulatedConnection sender;
    private final SimulatedConnection receiver;
    private final ArrayDeque<Packet> packets = new ArrayDeque<>();
    private @Nullable SimulatedEvent planned;
    private long lastArrivalNanos;
    private long bytes;

    Wire(SimulatedNetwork fabric, SimulatedConnection sender, SimulatedConnection receiver) {
        this.fabric = fabric;
        this.sender = sender;
        this.receiver = receiver;
    }

    /** A frame, or the opening or the end of the connection when it has no content. */
    private record Packet(Kind kind, byte[] content, long arrivalNanos) {}

    private enum Kind {
        OPENED,
        FRAME,
        END
    }

    void opened() {
        put(Kind.OPENED, new byte[0]);
    }

    void frame(byte[] content) {
        put(Kind.FRAME, content);
    }

    void end() {
        put(Kind.END, new byte[0]);
    }

    private void put(Kind kind, byte[] content) {
        long arrival =
                fabric.simulator().nowNanos() + fabric.drawLatencyNanos(fromHost(), toHost());
        lastArrivalNanos = Math.max(lastArrivalNanos, arrival);
        packets.add(new Packet(kind, content, lastArrivalNanos));
        bytes += content.length;
        pump();
    }

    String fromHost() {
        return sender.host();
    }

    String toHost() {
        return receiver.host();
    }

    /** Bytes that the sender's process has to hold. */
    long queuedBytes() {
        return Math.max(0, bytes - SOCKET_BYTES);
    }

    /** Plans the arrival of the next packet unless it is planned already. */
    void pump() {
        Packet next = packets.peek();
        boolean pending = planned != null && !planned.dead();
        if (next == null || pending || blocked(next)) {
            return;
        }
        var event =
                receiver.gone()
                        ? new SimulatedEvent("arrive nowhere", null, null, this::arrive)
                        : receiver.owner().event(next.kind.name(), this::arrive);
        planned = fabric.simulator().plan(next.arrivalNanos, event);
    }

    private boolean blocked(Packet next) {
        return fabric.isCut(fromHost(), toHost())
                || !fabric.isUp(toHost())
                || (next.kind == Kind.FRAME && !receiver.gone() && !receiver.reading());
    }

    private void arrive() {
        planned = null;
        Packet packet = packets.peek();
        if (packet == null || blocked(packet)) {
            return;
        }
        if (receiver.gone()) {
            clear();
            if (packet.kind != Kind.END) {
                sender.refused();
            }
            return;
        }
        packets.poll();
        bytes -= packet.content.length;
        switch (packet.kind) {
            case OPENED -> receiver.onOpened();
            case FRAME -> receiver.onFrame(packet.content);
            case END -> receiver.onEnd("closed by the other side");
        }
        sender.onDrained();
        pump();
    }

    /** Holds up everything that has been sent and not arrived for some more time. */
    void delay(long nanos) {
        var later = new ArrayDeque<Packet>();
        for (Packet packet : packets) {
            later.add(
                    new Packet(
                            packet.kind,
                            packet.content,
                            Math.max(packet.arrivalNanos, fabric.simulator().nowNanos()) + nanos));
        }
        packets.clear();
        packets.addAll(later);
        lastArrivalNanos = Math.max(lastArrivalNanos, fabric.simulator().nowNanos()) + nanos;
        if (planned != null) {
            fabric.simulator().cancel(planned);
            planned = null;
        }
        pump();
    }

    /** Drops what is under way. */
    void clear() {
        packets.clear();
        bytes = 0;
    }
}
