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
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.Law;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Requests to one broker, answered in their order. Connects when it has to; a broken connection or
 * a late answer is no answer to all that wait for one, and the next request opens a new connection.
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
                api,
                (short) versionMax,
                body,
                patience,
                found -> answer.accept(found.map(expected::cast)));
    }

    private record Question(
            ApiKeys api,
            short versionMax,
            ApiMessage body,
            Consumer<Optional<ApiMessage>> answer,
            EventLoop.Timer timer) {}

    /** What a question became when it was sent. */
    private record Asked(int correlationId, ApiKeys api, short version) {}

    private final class Wire implements ConnectionHandler {

        private @Nullable Connection connection;
        private @Nullable VersionChoice versions;

        /** Without an answer yet, in the order of the calls. */
        private final ArrayDeque<Question> questions = new ArrayDeque<>();

        /** Sent and not answered; once the versions are known, one for each question. */
        private final ArrayDeque<Asked> asked = new ArrayDeque<>();

        private int correlationId;

        void ask(
                ApiKeys api,
                short versionMax,
                ApiMessage body,
                Duration patience,
                Consumer<Optional<ApiMessage>> answer) {
            var timer = loop.schedule(patience.toNanos(), this::end);
            var question = new Question(api, versionMax, body, answer, timer);
            questions.add(question);
            if (versions != null) {
                send(question, versions);
            }
        }

        private void send(Question question, VersionChoice choice) {
            var range = new VersionRange(question.api.oldestVersion(), question.versionMax);
            short version =
                    choice.highest(question.api, range)
                            .orElseThrow(() ->
                                    new IllegalStateException(
                                            "no common version of " + question.api));
            write(question.api, version, question.body);
        }

        private void write(ApiKeys api, short version, ApiMessage body) {
            correlationId++;
            asked.add(new Asked(correlationId, api, version));
            if (connection != null) {
                connection.send(encoder.encode(api, version, correlationId, body));
            }
        }

        @Override
        public void opened(Connection opened) {
            connection = opened;
            write(
                    ApiKeys.API_VERSIONS,
                    API_VERSIONS_VERSION,
                    new ApiVersionsRequestData()
                            .setClientSoftwareName("simulation")
                            .setClientSoftwareVersion("1"));
        }

        @Override
        public void received(Frame frame) {
            ApiMessage body = answerTo(asked.remove(), frame);
            if (versions == null) {
                var choice = VersionChoice.from((ApiVersionsResponseData) body);
                versions = choice;
                frame.release();
                questions.forEach(question -> send(question, choice));
                return;
            }
            finish(Optional.of(body));
            frame.release();
        }

        private ApiMessage answerTo(Asked oldest, Frame frame) {
            int id = ResponseDecoder.correlationId(frame.bytes()).orElse(-1);
            Broken.unless(
                    id == oldest.correlationId,
                    Law.ANSWERS_IN_ORDER,
                    "%s answered request %d before %s",
                    broker,
                    id,
                    oldest);
            if (!(decoder.decode(frame.bytes(), oldest.api, oldest.version)
                    instanceof DecodedResponse.Answer(_, ApiMessage body))) {
                throw new IllegalStateException("not an answer to " + oldest);
            }
            return body;
        }

        private void finish(Optional<ApiMessage> body) {
            Question answered = questions.remove();
            answered.timer.cancel();
            answered.answer.accept(body);
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
                while (!questions.isEmpty()) {
                    finish(Optional.empty());
                }
            }
        }
    }
}
