package io.tombolo.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.cluster.impl.MasterNodeChangedException;
import com.hazelcast.internal.partition.PartitionStateVersionMismatchException;
import com.hazelcast.internal.serialization.SerializationClassNameFilter;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.partition.NoDataMemberInClusterException;
import com.hazelcast.spi.exception.WrongTargetException;

import io.tombolo.environment.Endpoint;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The contract on three members, each on an address of its own with a relay before it, so that they
 * can be kept from each other.
 */
class HazelcastRegistryEndToEnd extends RegistryContract {

    private static final Inbox INBOX = new Inbox();
    private static final StillClock CLOCK = new StillClock();
    private static final HazelcastSettings.Timing QUICK =
            new HazelcastSettings.Timing(
                    Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(1));
    private static final List<Integer> PORTS = new ArrayList<>();
    private static final List<Relay> RELAYS = new ArrayList<>();
    private static final HazelcastRegistry[] OPEN = new HazelcastRegistry[MEMBERS];

    @BeforeAll
    static void open() throws IOException {
        for (int index = 0; index < MEMBERS; index++) {
            try (var free = new ServerSocket(0, 1, InetAddress.getByName(host(index)))) {
                PORTS.add(free.getLocalPort());
            }
            RELAYS.add(new Relay(host(index), PORTS.get(index)));
        }
        for (int index = 0; index < MEMBERS; index++) {
            OPEN[index] = open(index);
        }
        var site = new HazelcastRegistryEndToEnd();
        site.untilWhole();
    }

    @AfterAll
    static void close() throws IOException {
        for (HazelcastRegistry one : OPEN) {
            one.close();
        }
        for (Relay relay : RELAYS) {
            relay.close();
        }
        assertThat(Hazelcast.getAllHazelcastInstances()).isEmpty();
    }

    private static String host(int index) {
        return "127.0.0." + (11 + index);
    }

    private static HazelcastSettings settings(int index) {
        var all = new ArrayList<Endpoint>();
        for (int other = 0; other < MEMBERS; other++) {
            all.add(new Endpoint(host(other), RELAYS.get(other).port()));
        }
        return new HazelcastSettings("cluster-a", "eu-" + index, all.get(index), all, QUICK);
    }

    private static HazelcastRegistry open(int index) {
        HazelcastSettings settings = settings(index);
        Config config = HazelcastMember.config(settings);
        var bound = new Endpoint(host(index), PORTS.get(index));
        config.getAdvancedNetworkConfig()
                .getMemberAddressProviderConfig()
                .setImplementation(
                        new HazelcastMember.OneAddress(bound, settings.all().get(index)));
        return HazelcastRegistry.open(settings, config, CLOCK, BOUNDS, INBOX);
    }

    private void untilWhole() {
        for (int index = 0; index < MEMBERS; index++) {
            Registry member = member(index);
            until("all are there", () -> member.reach().members() == MEMBERS);
        }
        // A cluster that has just come together has no copies yet of what its first member holds.
        HazelcastInstance first = Hazelcast.getHazelcastInstanceByName("eu-0");
        until("all is copied", () -> first.getPartitionService().isClusterSafe());
    }

    @Override
    Registry member(int index) {
        return OPEN[index];
    }

    @Override
    void restart(int index) {
        untilWhole();
        OPEN[index].close();
        OPEN[index] = open(index);
        untilWhole();
    }

    @Override
    void isolate(int index) {
        for (int other = 0; other < MEMBERS; other++) {
            if (other != index) {
                RELAYS.get(index).cut(host(other));
                RELAYS.get(other).cut(host(index));
            }
        }
    }

    @Override
    void heal() {
        RELAYS.forEach(Relay::heal);
    }

    @Override
    Inbox inbox() {
        return INBOX;
    }

    @Override
    StillClock clock() {
        return CLOCK;
    }

    /** A class of somebody else's. */
    private record Foreign(String text) implements java.io.Serializable {}

    /** Otherwise whoever asked waits for a minute, and copies are not made meanwhile. */
    @ParameterizedTest
    @ValueSource(
            classes = {
                PartitionStateVersionMismatchException.class,
                MasterNodeChangedException.class,
                NoDataMemberInClusterException.class,
                HazelcastSerializationException.class,
                WrongTargetException.class
            })
    void whatFailsAtAMemberMayBeTold(Class<?> failure) {
        var filter =
                new SerializationClassNameFilter(
                        HazelcastMember.config(settings(0))
                                .getSerializationConfig()
                                .getJavaSerializationFilterConfig());

        assertThatCode(() -> filter.filter(failure.getName())).doesNotThrowAnyException();
        assertThatThrownBy(() -> filter.filter(Foreign.class.getName()))
                .isInstanceOf(SecurityException.class);
    }

    @Test
    void noMemberMakesAnotherLoadItsClasses() {
        HazelcastInstance member = Hazelcast.getHazelcastInstanceByName("eu-0");

        assertThatThrownBy(
                        () -> {
                            var map = member.<String, Object>getMap("other");
                            map.put("a", new Foreign("x"));
                            map.get("a");
                        })
                .hasStackTraceContaining("SecurityException");
    }

    @Test
    void aMemberIsReachedAtItsOwnAddressOnlyAndByMembersOnly() throws Exception {
        try (var elsewhere =
                new ServerSocket(PORTS.get(0), 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(elsewhere.isBound()).isTrue(); // so it is not on all addresses
        }
        try (var client = new java.net.Socket(host(0), PORTS.get(0))) {
            client.setSoTimeout(20_000);
            client.getOutputStream().write("GET /hazelcast/health HTTP/1.1\r\n\r\n".getBytes());
            // It does not speak that there, says so, and hangs up.
            assertThat(new String(client.getInputStream().readNBytes(3))).isEqualTo("HZX");
        }
    }

    @Test
    void itHasFewThreads() {
        List<String> threads =
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(it -> it.startsWith("hz.eu-0."))
                        .filter(it -> !it.contains(".cached.")) // end when they have nothing to do
                        .toList();

        assertThat(threads).hasSizeLessThanOrEqualTo(22);
    }
}
