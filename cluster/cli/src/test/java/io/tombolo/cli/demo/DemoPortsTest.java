package io.tombolo.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

class DemoPortsTest {

    @TempDir Path folder;

    @Test
    void demosThatRunAtTheSameTimeShareNoPortThoughNothingListensYet() throws IOException {
        try (var first = DemoPorts.reserve(folder, 1);
                var second = DemoPorts.reserve(folder, 1);
                var third = DemoPorts.reserve(folder, 1)) {
            assertThat(second.numbers())
                    .hasSize(4)
                    .doesNotContainAnyElementsOf(first.numbers())
                    .doesNotContainAnyElementsOf(DemoPorts.USUAL);
            assertThat(third.numbers())
                    .hasSize(4)
                    .doesNotContainAnyElementsOf(first.numbers())
                    .doesNotContainAnyElementsOf(second.numbers());
        }
    }

    @Test
    void portsAreGivenBackWhenADemoEnds() throws IOException {
        DemoPorts first = DemoPorts.reserve(folder, 1);
        List<Integer> numbers = first.numbers();
        first.close();

        try (var second = DemoPorts.reserve(folder, 1)) {
            assertThat(second.numbers()).isEqualTo(numbers);
        }
    }

    @Test
    void aTakenPortIsNotReserved() throws IOException {
        DemoPorts first = DemoPorts.reserve(folder, 1);
        int port = first.numbers().getLast();
        first.close();
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                var second = DemoPorts.reserve(folder, 1)) {
            assertThat(second.numbers()).hasSize(4).doesNotContain(port);
        }
    }

    @Test
    void thatDemosAreNotKeptApartIsSaid() throws IOException {
        Files.createDirectory(folder.resolve("tombolo-demo.ports"));

        try (var ports = DemoPorts.reserve(folder, 1)) {
            assertThat(ports.numbers()).hasSize(4);
            assertThat(ports.notice().orElseThrow())
                    .contains("not kept from other demos")
                    .contains(folder.resolve("tombolo-demo.ports").toString());
        }
        Files.delete(folder.resolve("tombolo-demo.ports"));
        try (var ports = DemoPorts.reserve(folder, 1)) {
            assertThat(ports.notice()).isEmpty();
        }
    }

    @Test
    void everyBrokerOfARegionHasItsOwnPortsAndNoOtherDemoHasThem() throws IOException {
        try (var first = DemoPorts.reserve(folder, 3);
                var second = DemoPorts.reserve(folder, 3)) {
            assertThat(second.numbers()).hasSize(6);
            assertThat(all(first)).hasSize(18).doesNotContainAnyElementsOf(all(second));
        }
    }

    private static Set<Integer> all(DemoPorts ports) {
        var all = new TreeSet<Integer>();
        ports.numbers().forEach(first -> all.addAll(List.of(first, first + 1, first + 2)));
        return all;
    }
}
