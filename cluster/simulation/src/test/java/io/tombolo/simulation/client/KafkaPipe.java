package io.tombolo.simulation.client;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.protocol.VersionRange;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.RequestEncoder;
import io.tombolo.protocol.client.ResponseDecoder;
import io.tombolo.protocol.client.VersionChoice;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One request at a time to one broker. Connects when it has to; a broken connection or a late
 * answer is no answer, and the next request opens a new connection.
 */
final class KafkaPipe {

    private static final FrameLimits LIMITS =
            new FrameLimits(64 << 20, Duration.ofMinutes(1).toNanos(), Long.MAX_VALUE, 64L << 20);
    private static final short API_VERSIONS_VERSION = 3;

    private final EventLoop loop;
    private final Environment environment;
    private final Endpoint broker;
    private final RequestEncoder encoder;
    private final ResponseDecoder decoder = new ResponseDecoder();
    private @Nullable Wire wire;
    private int lives;

    KafkaPipe(Environment environment, Endpoint broker, String clientId) {
        this.environment = environment;
        this.loop = environment.loops().loop(0);
        this.broker = broker;
        this.encoder = new RequestEncoder(clientId);
    }

    /**
     * How many connections there have been: state of a connection (fetch sessions) dies with it.
     */
    int lives() {
        return lives;
    }

    EventLoop loop() {
        return loop;
    }

    void close() {
        if (wire != null) {
            wire.end();
        }
    }

    /**
     * Sends a request.
     *
     * @param versionMax the highest version that the caller fills in
     * @param answer empty when there is none; called once, on the loop
     */
    <T extends ApiMessage> void call(
            ApiKeys api,
            int versionMax,
            ApiMessage body,
            Class<T> expected,
            Duration patience,
            Consumer<Optional<T>> answer) {
        if (wire == null) {
            lives++;
            wire = new Wire();
            environment.network().connect(loop, broker, LIMITS, wire);
        }
        wire.ask(
                new Question(
                        api,
                        (short) versionMax,
                        body,
                        found -> answer.accept(found.map(expected::cast))),
                patience);
    }

    private record Question(
            ApiKeys api,
            short versionMax,
            ApiMessage body,
            Consumer<Optional<ApiMessage>> answer) {}

    private final class Wire implements ConnectionHandler {

        private @Nullable Connection connection;
        private @Nullable VersionChoice versions;
        private @Nullable Question question;
        private ApiKeys asked = ApiKeys.API_VERSIONS;
        private short askedVersion = API_VERSIONS_VERSION;
        private EventLoop.Timer timer = () -> {};
        private int correlationId;

        void ask(Question next, Duration patience) {
            if (question != null) {
                throw new IllegalStateException(question.api + " is not answered yet");
            }
            question = next;
            timer = loop.schedule(patience.toNanos(), this::end);
            if (versions != null) {
                send(next);
            }
        }

        private void send(Question next) {
            asked = next.api;
            Optional<Short> version =
                    versions == null
                            ? Optional.empty()
                            : versions.highest(
                                    next.api,
                                    new VersionRange(next.api.oldestVersion(), next.versionMax));
            if (version.isEmpty()) {
                throw new IllegalStateException("no common version of " + next.api);
            }
            askedVersion = version.get();
            write(next.body);
        }

        private void write(ApiMessage body) {
            correlationId++;
            if (connection != null) {
                connection.send(encoder.encode(asked, askedVersion, correlationId, body));
            }
        }

        @Override
        public void opened(Connection opened) {
            connection = opened;
            write(
                    new ApiVersionsRequestData()
                            .setClientSoftwareName("simulation")
                            .setClientSoftwareVersion("1"));
        }

        @Override
        public void received(Frame frame) {
            if (!(decoder.decode(frame.bytes(), asked, askedVersion)
                            instanceof DecodedResponse.Answer(int id, ApiMessage body))
                    || id != correlationId) {
                throw new IllegalStateException("not an answer to " + asked);
            }
            if (versions == null) {
                versions = VersionChoice.from((ApiVersionsResponseData) body);
                frame.release();
                if (question != null) {
                    send(question);
                }
                return;
            }
            finish(Optional.of(body));
            frame.release();
        }

        private void finish(Optional<ApiMessage> body) {
            Question answered = question;
            question = null;
            timer.cancel();
            if (answered != null) {
                answered.answer.accept(body);
            }
        }

        @Override
        public void closed(CloseReason reason) {
            connection = null;
            end();
        }

        /** Gives up this connection. */
        void end() {
            if (wire == this) {
                wire = null;
                if (connection != null) {
                    connection.close(new CloseReason(CloseReason.Kind.LOCAL, "given up"));
                }
                finish(Optional.empty());
            }
        }
    }
}
