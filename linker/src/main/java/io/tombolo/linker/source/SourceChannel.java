package io.tombolo.linker.source;

import io.tombolo.environment.Endpoint;
import io.tombolo.protocol.client.ChannelSettings;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.protocol.client.ClientChannel;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.message.ApiVersionsRequestData;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One connection to a source broker behind its circuit breaker; says in the words of links why
 * there is no answer. Mutable; owned by the loop of the link.
 */
final class SourceChannel {

    /** Calls waiting for one connection to open, or for their answers. */
    private static final int CALLS_MAX = 128;

    /** How long a broker may take for an answer, on top of a wait that was asked for. */
    private static final long CALL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * What all channels of a link share.
     *
     * @param clientId what the source sees of this link in its logs and quotas
     */
    record Shared(LinkHost host, LinkTimers timers, String clientId) {}

    private final LinkHost host;
    private final ClientChannel channel;
    private final SourceBreaker breaker;
    private long drops;

    SourceChannel(Shared shared, Endpoint remote, SourceBreaker breaker) {
        this.host = shared.host();
        this.breaker = breaker;
        var introduction =
                new ApiVersionsRequestData()
                        .setClientSoftwareName("tombolo-linker")
                        .setClientSoftwareVersion("1");
        this.channel =
                new ClientChannel(
                        new ClientChannel.Place(
                                host.loop(), host.network(), shared.timers()::after),
                        new ClientChannel.Remote(remote, remote.toString()),
                        new ChannelSettings(
                                shared.clientId(), ChannelSettings.LIMITS, CALLS_MAX, CALL_NANOS),
                        new ChannelSettings.Handshake((short) 3, introduction),
                        new ClientChannel.Events() {
                            @Override
                            public void dropped() {
                                drops++;
                            }
                        });
    }

    /** How often the connection was given up, or could not be opened. */
    long drops() {
        return drops;
    }

    /**
     * Calls the broker.
     *
     * @param waitNanos how long the broker was asked to wait for something to answer
     * @param done called exactly once, never before this returns
     */
    void call(ClientCall request, long waitNanos, Consumer<CallOutcome> done) {
        if (breaker.permits()) {
            channel.call(request, CALL_NANOS + waitNanos, result -> done.accept(outcome(result)));
            return;
        }
        var reason =
                new Reason(
                        Reason.Code.BREAKER_OPEN,
                        "calls to " + remote() + " are suspended after failures");
        host.loop().execute(() -> done.accept(new CallOutcome.Failed(reason)));
    }

    /** Closes the connection; every call fails. Nothing can be called afterwards. */
    void close() {
        channel.close();
    }

    /** The address of the broker. */
    Endpoint remote() {
        return channel.remote().endpoint();
    }

    private CallOutcome outcome(ClientCall.Result result) {
        return switch (result) {
            case ClientCall.Result.Answered(var body, var version, var frame) -> {
                breaker.succeeded();
                yield new CallOutcome.Answered(body, version, new FrameLease(frame));
            }
            case ClientCall.Result.Failed failed -> {
                switch (failed.cause()) {
                    case NOT_TAKEN, CLOSED, UNSERVED -> breaker.forgotten();
                    case UNREACHABLE, REFUSED, TIMED_OUT, MALFORMED ->
                            breaker.failed(failed.detail());
                }
                yield new CallOutcome.Failed(new Reason(codeOf(failed), failed.detail()));
            }
        };
    }

    private static Reason.Code codeOf(ClientCall.Result.Failed failed) {
        return switch (failed.cause()) {
            case NOT_TAKEN -> Reason.Code.LIMIT_REACHED;
            case CLOSED, UNREACHABLE -> Reason.Code.SOURCE_UNREACHABLE;
            case REFUSED -> SourceInventory.codeOf(failed.error());
            case UNSERVED -> Reason.Code.SOURCE_TOO_OLD;
            case TIMED_OUT -> Reason.Code.SOURCE_TIMED_OUT;
            case MALFORMED -> Reason.Code.SOURCE_MALFORMED;
        };
    }
}
