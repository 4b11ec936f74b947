package io.tombolo.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;

class DemoSiteTest {

    @Test
    void demosAtTheSameTimeShareNeitherPortsNorClusterIds() {
        DemoSite first = DemoSite.create(1);
        DemoSite second = DemoSite.create(1);
        try {
            for (String region : List.of("eu", "us")) {
                assertThat(second.bootstrap(region))
                        .isNotIn(first.bootstrap("eu"), first.bootstrap("us"));
                assertThat(second.clusterId(region)).isNotEqualTo(first.clusterId(region));
            }
        } finally {
            first.delete();
            second.delete();
        }
    }

    @Test
    void aTakenPortIsReplacedByAFreeOneAndNothingIsLeftBehind() throws IOException {
        DemoSite first = DemoSite.create(1);
        int port = first.region("eu").brokers().getFirst().kafka().port();
        try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            DemoSite second = DemoSite.create(1);

            assertThat(second.region("eu").brokers().getFirst().kafka().port())
                    .isNotEqualTo(taken.getLocalPort());
            assertThat(second.file().valid().refusals()).isEmpty();
            second.delete();
            assertThat(Files.exists(second.folder())).isFalse();
        } finally {
            first.delete();
        }
    }

    @Test
    void regionsOfThreeBrokersAreAFileThatRuns() {
        DemoSite site = DemoSite.create(3);
        try {
            assertThat(site.file().valid().refusals()).isEmpty();
            assertThat(site.region("us").brokers()).hasSize(3);
            assertThat(site.bootstrap("eu").split(",")).hasSize(3).doesNotHaveDuplicates();
        } finally {
            site.delete();
        }
    }
}
