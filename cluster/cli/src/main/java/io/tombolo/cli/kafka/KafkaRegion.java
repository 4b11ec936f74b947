package io.tombolo.cli.kafka;

import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.environment.Endpoint;
import io.tombolo.region.topology.Region;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One region of the file as a Kafka client sees it; what goes wrong ends the command. */
public final class KafkaRegion {

    private static final int TRIES = 3;
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);

    private final Shell shell;
    private final LoadedFile file;
    private final Region region;

    /** Brokers that answered when they were asked last. */
    private List<Endpoint> answering = List.of();

    KafkaRegion(Shell shell, LoadedFile file, Region region) {
        this.shell = shell;
        this.file = file;
        this.region = region;
    }

    public String name() {
        return region.id().name();
    }

    /** A topic of this region. */
    public Subject topic(String topic) {
        return new Subject("topic", topic, name());
    }

    /** A group of this region. */
    public Subject group(String group) {
        return new Subject("group", group, name());
    }

    /** A transaction of this region, or its transactional id. */
    public Subject transaction(String id) {
        return new Subject("transaction", id, name());
    }

    /** Everything of a kind. */
    public Subject all(String kinds) {
        return new Subject(kinds, "", name());
    }

    /** Settings that every client of this command shares. */
    public Map<String, Object> settings() {
        if (answering.isEmpty()) {
            requireListener();
        }
        String bootstrap =
                answering.stream().map(Endpoint::toString).collect(Collectors.joining(","));
        Map<String, Object> settings = settings(bootstrap, timeoutMs());
        if (region instanceof Region.Foreign foreign) {
            settings.putAll(foreign.client());
        }
        // The name of a region behind @ asks for that region's own view.
        settings.put("client.id", "tombolo-cli@" + name());
        return settings;
    }

    static Map<String, Object> settings(String bootstrap, int timeoutMs) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", "tombolo-cli");
        // A broker that keeps silent, say because it is stopped, leaves time to ask others.
        settings.put("request.timeout.ms", timeoutMs / TRIES);
        settings.put("default.api.timeout.ms", timeoutMs);
        settings.put("enable.metrics.push", false);
        settings.put("metric.reporters", List.of());
        return settings;
    }

    public int timeoutMs() {
        return Math.clamp(shell.timeout().toMillis(), 100, 3_600_000);
    }

    /**
     * An admin client; Kafka's own client tries for the whole time-out when nobody listens, and
     * once it has connected to a broker that keeps silent, so who answers is found out first.
     */
    public Admin admin() {
        requireListener();
        return connect(settings());
    }

    /**
     * A client for one command, which has what it wants to know before it closes the client: what
     * is still under way then has no reader, and a broker that keeps silent must not hold it up.
     */
    public static Admin connect(Map<String, Object> settings) {
        return new ForwardingAdmin(settings) {
            @Override
            public void close() {
                close(CLOSE_MAX);
            }
        };
    }

    /** Ends the command when no broker of the region answers; clients begin with those that do. */
    void requireListener() {
        try {
            answering = Answering.among(region.addresses(), timeoutMs() / TRIES, this::ask);
        } catch (IOException silent) {
            throw CommandFailure.of(Code.UNREACHABLE, "no broker of region " + name() + " answers")
                    .at(file.where("regions." + name()))
                    .seen(String.valueOf(silent.getMessage()))
                    .fix(
                            region instanceof Region.Hosted
                                    ? "tombolo broker -f %s --region %s --id 1        starts it"
                                            .formatted(file.name(), name())
                                    : "start it, or correct bootstrap:",
                            "tombolo status")
                    .because(silent)
                    .failure();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** A cluster that is not ours may want TLS before any question, and is only connected to. */
    private void ask(Endpoint broker) throws IOException {
        if (region instanceof Region.Hosted) {
            Handshake.with(broker, timeoutMs() / TRIES);
            return;
        }
        try (var socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(broker.host(), broker.port()), timeoutMs() / TRIES);
        }
    }

    /** Its topics that a link writes to. */
    public Set<String> mirrors() {
        return RegionAdmin.of(shell, file, file.hosted(name()))
                .require("/api/v1/objects")
                .at("topics")
                .items()
                .stream()
                .filter(topic -> topic.at("mirrorOf").present())
                .map(topic -> topic.at("name").text())
                .collect(Collectors.toSet());
    }

    /** What a client that was asked about a key has for it. */
    public static <K, V> V entry(Map<K, V> map, K key) {
        V value = map.get(key);
        if (value == null) {
            throw new IllegalStateException("no answer about " + key);
        }
        return value;
    }

    /** Waits for a result that may not be there: then the broker refuses with this exception. */
    public <T> Optional<T> find(
            KafkaFuture<T> future, Class<? extends Exception> missing, Subject thing) {
        try {
            return Optional.of(await(future, thing));
        } catch (CommandFailure failure) {
            if (missing.isInstance(failure.getCause())) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Waits for a result; a refusal of the broker ends the command. */
    public <T> T await(KafkaFuture<T> future, Subject thing) {
        try {
            return future.get(timeoutMs(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException refused) {
            throw KafkaFailures.of(refused.getCause(), thing);
        } catch (java.util.concurrent.TimeoutException late) {
            throw KafkaFailures.of(new TimeoutException("no answer", late), thing);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
