package io.tombolo.linker.source;

import io.tombolo.environment.Endpoint;
import io.tombolo.protocol.client.ClientCall;

import java.util.function.Consumer;

/**
 * One broker of the source: a connection for questions and {@value #LANES} for fetching, opened
 * when they are first needed, behind one circuit breaker. Mutable; owned by the loop of the link.
 *
 * <p>Why two for fetching: a fetch can only be sent when the one before it has arrived, because its
 * offsets follow from it. With the partitions split over two connections one of them transfers
 * while the other waits for a round trip.
 */
public final class SourceNode {

    /** Connections for fetching. */
    public static final int LANES = 2;

    private final int id;
    private final SourceChannel control;
    private final SourceChannel[] lanes = new SourceChannel[LANES];

    SourceNode(int id, Endpoint endpoint, SourceChannel.Shared shared) {
        this.id = id;
        var breaker = new SourceBreaker("source " + endpoint, shared.host().clock());
        control = new SourceChannel(shared, endpoint, breaker);
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] = new SourceChannel(shared, endpoint, breaker);
        }
    }

    /** The broker's id; negative for a bootstrap address. */
    public int id() {
        return id;
    }

    /** Its address. */
    public Endpoint endpoint() {
        return control.remote();
    }

    /**
     * Asks on the connection for questions.
     *
     * @param done called exactly once, never before this returns
     */
    public void ask(ClientCall call, Consumer<CallOutcome> done) {
        control.call(call, 0, done);
    }

    /**
     * Fetches.
     *
     * @param lane 0 ≤ lane &lt; {@link #LANES}
     * @param waitNanos how long the broker may wait for records
     */
    public void fetch(int lane, ClientCall call, long waitNanos, Consumer<CallOutcome> done) {
        lanes[lane].call(call, waitNanos, done);
    }

    /** How often a connection for fetches was lost. */
    public long drops(int lane) {
        return lanes[lane].drops();
    }

    void close() {
        control.close();
        for (SourceChannel lane : lanes) {
            lane.close();
        }
    }
}
