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

class DemoPortsTest {

    @TempDir Path folder;

    @Test
    void demosThatRunAtTheSameTimeShareNoPortThoughNothingListensYet() throws IOException {
        try (var first = DemoPorts.reserve(folder);
                var second = DemoPorts.reserve(folder);
                var third = DemoPorts.reserve(folder)) {
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
        DemoPorts first = DemoPorts.reserve(folder);
        List<Integer> numbers = first.numbers();
        first.close();

        try (var second = DemoPorts.reserve(folder)) {
            assertThat(second.numbers()).isEqualTo(numbers);
        }
    }

    @Test
    void aTakenPortIsNotReserved() throws IOException {
        DemoPorts first = DemoPorts.reserve(folder);
        int port = first.numbers().getLast();
        first.close();
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                var second = DemoPorts.reserve(folder)) {
            assertThat(second.numbers()).hasSize(4).doesNotContain(port);
        }
    }

    @Test
    void thatDemosAreNotKeptApartIsSaid() throws IOException {
        Files.createDirectory(folder.resolve("tombolo-demo.ports"));

        try (var ports = DemoPorts.reserve(folder)) {
            assertThat(ports.numbers()).hasSize(4);
            assertThat(ports.notice().orElseThrow())
                    .contains("not kept from other demos")
                    .contains(folder.resolve("tombolo-demo.ports").toString());
        }
        Files.delete(folder.resolve("tombolo-demo.ports"));
        try (var ports = DemoPorts.reserve(folder)) {
            assertThat(ports.notice()).isEmpty();
        }
    }
}
