package io.tombolo.environment.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.DiskFile;
import io.tombolo.environment.simulated.DiskOperation.Kind;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

class SimulatedDiskTest {

    private static final Path DATA = Path.of("/data");
    private static final Path LOG = Path.of("/data/log");
    private static final int SEEDS = 400;

    private SimulatedDisk disk;

    @BeforeEach
    void create() {
        disk = diskOf(1);
    }

    private static SimulatedDisk diskOf(long seed) {
        var created = new SimulatedDisk(new SimulatedEntropy(seed));
        created.mount(DATA);
        return created;
    }

    @Test
    void whatWasForcedSurvivesEveryCrash() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            disk = diskOf(seed);
            DiskFile file = disk.open(LOG);
            file.append(filled(10_000, 'a'));
            file.force();
            disk.forceDirectory(DATA);
            file.append(filled(10_000, 'b'));

            disk.losePower();

            byte[] left = disk.readAll(LOG);
            assertThat(left.length).as("seed %d", seed).isGreaterThanOrEqualTo(10_000);
            for (int at = 0; at < 10_000; at++) {
                assertThat(left[at]).isEqualTo((byte) 'a');
            }
        }
    }

    @Test
    void whatWasNotForcedIsSometimesLostSometimesKeptAndSometimesTorn() throws IOException {
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            disk = diskOf(seed);
            DiskFile file = disk.open(LOG);
            file.force();
            disk.forceDirectory(DATA);
            file.append(filled(20_000, 'b'));

            disk.losePower();

            seen.add(kindOf(disk.readAll(LOG), 20_000));
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "all lost", "all kept", "a prefix", "pages with holes", "a torn page");
    }

    private static String kindOf(byte[] left, int written) {
        boolean zeros = false;
        boolean tornPage = false;
        for (int start = 0; start < left.length; start += 512) {
            boolean lost = left[start] == 0;
            zeros |= lost;
            boolean samePage = start / 4096 == (start - 512) / 4096;
            tornPage |= start > 0 && samePage && lost != (left[start - 512] == 0);
        }
        if (tornPage) {
            return "a torn page";
        } else if (zeros) {
            return "pages with holes";
        } else if (left.length == 0) {
            return "all lost";
        }
        return left.length == written ? "all kept" : "a prefix";
    }

    @Test
    void anUnforcedNameIsSometimesLost() throws IOException {
        Set<Boolean> seen = new HashSet<>();
        for (long seed = 0; seed < 40; seed++) {
            disk = diskOf(seed);
            DiskFile file = disk.open(LOG);
            file.append(filled(10, 'a'));
            file.force();
            disk.losePower();
            seen.add(disk.exists(LOG));
        }
        assertThat(seen).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void anUnforcedTruncationIsSometimesUndone() throws IOException {
        Set<Integer> sizes = new HashSet<>();
        for (long seed = 0; seed < 60; seed++) {
            disk = diskOf(seed);
            DiskFile file = disk.open(LOG);
            file.append(filled(9_000, 'a'));
            file.force();
            disk.forceDirectory(DATA);
            file.truncate(100);
            disk.losePower();
            sizes.add(disk.readAll(LOG).length);
        }
        assertThat(sizes).contains(100, 9_000);
    }

    @Test
    void anAtomicWriteIsOldOrNewWhereverThePowerFails() throws IOException {
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            disk = diskOf(seed);
            disk.writeAtomically(LOG, "old content".getBytes(StandardCharsets.US_ASCII));
            long failing = disk.operationCount() + 1 + seed % 8;
            disk.losePowerWhen(operation -> operation.number() == failing);

            String expected = "new";
            try {
                disk.writeAtomically(LOG, "new".getBytes(StandardCharsets.US_ASCII));
            } catch (SimulatedCrash crash) {
                expected = "either";
            }
            disk.losePower();

            String left = new String(disk.readAll(LOG), StandardCharsets.US_ASCII);
            seen.add(expected + " " + left);
        }
        assertThat(seen).containsExactlyInAnyOrder("new new", "either new", "either old content");
    }

    @Test
    void aCarelessReplacementIsCaughtLosingBoth() throws IOException {
        Set<Integer> lengths = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            disk = diskOf(seed);
            disk.writeAtomically(LOG, "old content".getBytes(StandardCharsets.US_ASCII));
            try (DiskFile temporary = disk.open(DATA.resolve("t"))) {
                temporary.append(filled(3, 'n'));
                // No force before the move: the mistake.
            }
            disk.move(DATA.resolve("t"), LOG);
            disk.forceDirectory(DATA);
            disk.losePower();
            lengths.add(disk.readAll(LOG).length);
        }
        assertThat(lengths).as("an empty file after the crash").contains(0);
    }

    @Test
    void aKilledProcessLosesNothingButItsOpenFiles() throws IOException {
        DiskFile file = disk.open(LOG);
        file.append(filled(5, 'x'));
        disk.lock(DATA.resolve(".lock"));

        disk.processEnded();

        assertThat(disk.readAll(LOG)).hasSize(5);
        disk.lock(DATA.resolve(".lock"));
        assertThatThrownBy(file::size).isInstanceOf(IOException.class);
    }

    @Test
    void chosenOperationsFail() throws IOException {
        DiskFile file = disk.open(LOG);
        disk.failWhen(operation -> operation.kind() == Kind.WRITE);

        assertThatThrownBy(() -> file.append(filled(10, 'a')))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("WRITE");
        assertThat(file.size()).isLessThanOrEqualTo(10);
        file.force();

        disk.failNever();
        file.append(filled(10, 'a'));
    }

    @Test
    void aFailedForceIsNotMadeGoodByTheNextOne() throws IOException {
        boolean lostSomething = false;
        for (long seed = 0; seed < 40; seed++) {
            disk = diskOf(seed);
            DiskFile file = disk.open(LOG);
            disk.forceDirectory(DATA);
            file.append(filled(20_000, 'a'));
            disk.failWhen(operation -> operation.kind() == Kind.FORCE);
            assertThatThrownBy(file::force).isInstanceOf(IOException.class);
            disk.failNever();
            file.force();
            disk.losePower();
            lostSomething |= !Arrays.equals(disk.readAll(LOG), filled(20_000, 'a').array());
        }
        assertThat(lostSomething).isTrue();
    }

    @Test
    void aFullDiskTakesAPartAndSaysSo() throws IOException {
        disk.capacityBytes(100);
        DiskFile file = disk.open(LOG);
        file.append(filled(60, 'a'));
        assertThat(disk.usableBytes(DATA)).isEqualTo(40);
        assertThat(disk.totalBytes(DATA)).isEqualTo(100);

        assertThatThrownBy(() -> file.append(filled(60, 'b')))
                .hasMessageContaining("No space left on device");
        assertThat(file.size()).isBetween(60L, 100L);

        disk.delete(LOG);
        assertThat(disk.usableBytes(DATA)).isEqualTo(100);
    }

    @Test
    void aDiskThatOthersFillKeepsWhatItHolds() throws IOException {
        DiskFile file = disk.open(LOG);
        file.append(filled(60, 'a'));

        disk.fillUpTo(10);

        assertThatThrownBy(() -> file.append(filled(60, 'b')))
                .hasMessageContaining("No space left on device");
        assertThat(file.size()).isBetween(60L, 70L);
    }

    @Test
    void aCheckerReadsWhatNobodyElseCan() throws IOException {
        DiskFile file = disk.open(LOG);
        file.append(filled(60, 'a'));
        disk.failWhen(operation -> true);

        assertThat(disk.unharmed(() -> disk.exists(LOG))).isTrue();
        assertThat(disk.<Integer>unharmed(() -> sliced(file))).isEqualTo(60);
        assertThatThrownBy(() -> file.slice(0, 60)).hasMessageContaining("injected fault");
    }

    private static int sliced(DiskFile file) {
        try {
            return file.slice(0, 60).length();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Test
    void aFlippedBitIsReadBack() throws IOException {
        DiskFile file = disk.open(LOG);
        file.append(filled(10, 'a'));
        file.force();
        disk.forceDirectory(DATA);

        disk.flipBit(LOG, 3, 1);
        disk.losePower();

        assertThat(disk.readAll(LOG)[3]).isEqualTo((byte) ('a' ^ 2));
    }

    @Test
    void aPowerFailureInTheMiddleOfATaskEndsItsNode() {
        var simulator = new Simulator(9);
        SimulatedNode node = simulator.addNode("a", 1);
        node.disk().mount(DATA);
        var environment = node.start(started -> {});
        Set<String> reached = new HashSet<>();
        node.disk().losePowerWhen(operation -> operation.kind() == Kind.WRITE);
        environment
                .loops()
                .loop(0)
                .execute(() -> {
                    reached.add("before");
                    try (DiskFile file = environment.disk().open(LOG)) {
                        file.append(filled(10, 'a'));
                    } catch (IOException unexpected) {
                        reached.add("as an exception");
                    }
                    reached.add("after");
                });

        simulator.runFor(Duration.ofSeconds(1));

        assertThat(node.running()).isFalse();
        assertThat(reached).containsExactly("before");
        node.restart();
        assertThat(node.running()).isTrue();
    }

    @Test
    void aPowerFailureDuringTheStartLeavesTheNodeDown() {
        var simulator = new Simulator(10);
        SimulatedNode node = simulator.addNode("a", 1);
        node.disk().mount(DATA);
        node.disk().losePowerWhen(operation -> operation.kind() == Kind.OPEN);

        node.start(environment -> {
            try {
                environment.disk().open(LOG);
            } catch (IOException unexpected) {
                throw new UncheckedIOException(unexpected);
            }
        });

        assertThat(node.running()).isFalse();
    }

    private static ByteBuffer filled(int length, char letter) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) letter);
        return ByteBuffer.wrap(bytes);
    }
}
