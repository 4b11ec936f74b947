package io.tombolo.broker;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * How a broker that others can stand in for ends. It serves on meanwhile.
 *
 * <pre>
 * asks the controller to give away what it leads, and again until nothing is left to give away and
 *   no partition would have too few in-sync replicas without it (Kafka's controlled shutdown)
 * -> half of the time has passed: goes even where it is needed to have enough in sync
 * -> the controller has fenced it: stays while clients come that have not heard of the new leaders
 * -> may go
 * all of the time has passed, or most voters have stopped before: may go, and says what it leads
 * </pre>
 *
 * <p>Mutable, confined to the controller's loop unless a method says otherwise.
 */
final class Departure {

    static final long QUIET_NANOS = Duration.ofMillis(150).toNanos();
    static final long LINGER_NANOS_MAX = Duration.ofSeconds(1).toNanos();

    private static final long PAUSE_NANOS_MIN = Duration.ofMillis(25).toNanos();
    private static final long PAUSE_NANOS_MAX = Duration.ofMillis(400).toNanos();
    private static final long TOLD_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int NAMED_MAX = 5;

    private final Place place;
    private final Registration registration;
    private final Images images;
    private final Ports ports;
    private volatile List<PartitionId> led = List.of();
    private volatile boolean begun;
    private Runnable gone = () -> {};
    private boolean ended;
    private long begunNanos;
    private long patienceNanos;
    private long toldNanos;
    private String told = "";

    /** Which broker it is, and where it runs. */
    record Place(int brokerId, EventLoop loop, Clock clock) {}

    /**
     * @param hintsGiven counts the clients that were sent to another broker
     * @param controllerPossible finds out whether enough voters are there to elect a controller
     * @param progress hears how far it is
     */
    record Ports(
            LongSupplier hintsGiven,
            Consumer<Consumer<Boolean>> controllerPossible,
            Consumer<String> progress) {}

    Departure(Place place, Registration registration, Images images, Ports ports) {
        this.place = place;
        this.registration = registration;
        this.images = images;
        this.ports = ports;
    }

    /**
     * Begins.
     *
     * @param then called once, when this broker may go
     */
    void begin(Duration patience, Runnable then) {
        gone = then;
        led = images.current().topics().ledBy(place.brokerId()).ids();
        begun = true;
        begunNanos = place.clock().nanoTime();
        toldNanos = begunNanos;
        patienceNanos = patience.toNanos();
        if (!registration.registered()) {
            end();
            return;
        }
        place.loop().schedule(patienceNanos, this::giveUp);
        tell(progress());
        ask(PAUSE_NANOS_MIN);
    }

    private void ask(long pauseNanos) {
        if (ended) {
            return;
        }
        boolean atOnce = place.clock().nanoTime() - begunNanos >= patienceNanos / 2;
        registration.leave(atOnce, answer -> answered(answer, pauseNanos));
    }

    private void answered(Answer<BrokerState> answer, long pauseNanos) {
        if (ended) {
            return;
        }
        switch (answer) {
            case Answer.Done<BrokerState>(BrokerState state) when state.shouldShutDown() -> {
                tell(progress());
                linger(ports.hintsGiven().getAsLong(), place.clock().nanoTime());
            }
            case Answer.Refused<BrokerState> refused
                    when refused.error() == Errors.STALE_BROKER_EPOCH ->
                    end(); // another process has this broker's id: nothing is led here
            case Answer.Refused<BrokerState> _ ->
                    ports.controllerPossible()
                            .accept(possible -> {
                                if (possible) {
                                    askLater(pauseNanos);
                                } else {
                                    end();
                                }
                            });
            case Answer.Done<BrokerState> _ -> askLater(pauseNanos);
        }
    }

    private void askLater(long pauseNanos) {
        if (place.clock().nanoTime() - toldNanos >= TOLD_NANOS) {
            tell(progress());
        }
        long nextNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
        place.loop().schedule(pauseNanos, () -> ask(nextNanos));
    }

    /** Clients hear of new leaders from this one, rather than find a closed port. */
    private void linger(long hintsBefore, long sinceNanos) {
        place.loop()
                .schedule(
                        QUIET_NANOS,
                        () -> {
                            long hints = ports.hintsGiven().getAsLong();
                            boolean longEnough =
                                    place.clock().nanoTime() - sinceNanos >= LINGER_NANOS_MAX;
                            if (ended || hints == hintsBefore || longEnough) {
                                end();
                            } else {
                                linger(hints, sinceNanos);
                            }
                        });
    }

    private void giveUp() {
        if (!ended) {
            tell("out of time; " + remaining());
            end();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            gone.run();
        }
    }

    private void tell(String progress) {
        toldNanos = place.clock().nanoTime();
        if (!progress.equals(told)) {
            told = progress;
            ports.progress().accept(progress);
        }
    }

    private String progress() {
        MetadataImage image = images.current();
        List<PartitionId> still = led.stream().filter(id -> leads(id, image)).toList();
        List<PartitionId> nobody = led.stream().filter(id -> leaderless(id, image)).toList();
        long needed =
                image.topics().replicasOn(place.brokerId()).ids().stream()
                        .filter(id -> !leads(id, image) && !leaderless(id, image))
                        .filter(id -> inSync(id, image))
                        .count();
        var text = new StringBuilder();
        text.append(
                "%d of %d leaders moved"
                        .formatted(led.size() - still.size() - nobody.size(), led.size()));
        if (!nobody.isEmpty()) {
            text.append("; nobody else has what is in ").append(named(nobody, image));
        }
        if (needed > 0) {
            text.append(
                    "; %d partitions need its copy until another one is in sync".formatted(needed));
        }
        return text.toString();
    }

    /** What it still leads, in words; empty before it has begun and when nothing. Any thread. */
    String remaining() {
        MetadataImage image = images.current();
        List<PartitionId> still = led.stream().filter(id -> leads(id, image)).toList();
        return !begun || still.isEmpty()
                ? ""
                : "%d of %d leaders were not moved: %s"
                        .formatted(still.size(), led.size(), named(still, image));
    }

    private boolean leads(PartitionId id, MetadataImage image) {
        return image.topics()
                .partition(id)
                .filter(partition -> partition.leader() == place.brokerId())
                .isPresent();
    }

    private static boolean leaderless(PartitionId id, MetadataImage image) {
        return image.topics().partition(id).filter(partition -> !partition.hasLeader()).isPresent();
    }

    private boolean inSync(PartitionId id, MetadataImage image) {
        return image.topics()
                .partition(id)
                .map(PartitionRegistration::isr)
                .filter(isr -> isr.has(place.brokerId()))
                .isPresent();
    }

    private static String named(List<PartitionId> ids, MetadataImage image) {
        String names =
                ids.stream()
                        .limit(NAMED_MAX)
                        .map(id -> name(id, image))
                        .collect(Collectors.joining(", "));
        int more = ids.size() - NAMED_MAX;
        return more > 0 ? "%s and %d more".formatted(names, more) : names;
    }

    private static String name(PartitionId id, MetadataImage image) {
        String topic =
                image.topics()
                        .topic(id.topicId())
                        .map(TopicImage::name)
                        .orElse(id.topicId().toString());
        return topic + "-" + id.index();
    }
}
