package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.broker.StartRefused;

import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Disks on which there is no room left, for the metadata log neither. */
class FullDiskEndToEnd {

    @TempDir Path folder;

    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void aBrokerServesWhatItHasWhileItsOnlyDiskIsFullAndAfterARestart() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu", disk);
            Clients clients = site.clients("eu");
            clients.create("orders", 1);
            clients.create("others", 1);
            clients.produce("orders", 0, "a", "b");
            awaitReserve(site.data("eu"));

            disk.fill(folder, 0);
            awaitRefusal(clients);

            assertThat(clients.read("orders", 0, 2)).containsExactly("a", "b");
            assertThat(clients.topics()).contains("orders", "others");
            assertThat(fullDisks(site)).isEqualTo("[1]");
            assertThat(site.admin("eu").status("/livez")).isEqualTo(200);

            disk.fill(folder, 0); // what was given up of the reserve is gone too
            site.stop("eu");
            disk.fill(folder, 0);
            site.start("eu", disk);
            assertThat(clients.read("orders", 0, 2)).containsExactly("a", "b");
            awaitRefusal(clients);
            clients.delete("others");
            assertThat(clients.topics()).doesNotContain("others");
        }
    }

    @Test
    void aFirstStartOnAFullDiskIsRefusedAndTheNextOneBeginsTheRegion() throws Exception {
        try (var site = Site.alone(folder)) {
            disk.fill(folder, 100_000);

            assertThatThrownBy(() -> site.start("eu", disk))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("no room on the disk of " + site.data("eu"));
            assertThat(site.data("eu").resolve("meta.properties")).doesNotExist();

            disk.heal();
            site.start("eu", disk);
            site.clients("eu").create("orders", 1);
        }
    }

    @Test
    void whenThereIsRoomAgainEverythingIsAsBeforeWithoutARestart() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu", disk);
            Clients clients = site.clients("eu");
            clients.create("orders", 1);
            clients.produce("orders", 0, "a");
            awaitReserve(site.data("eu"));
            disk.fill(folder, 0);
            awaitRefusal(clients);

            disk.heal();

            Patience.until(() -> assertThat(fullDisks(site)).isEqualTo("[]"));
            awaitReserve(site.data("eu"));
            clients.create("more", 1);
            clients.produce("orders", 0, "b");
            clients.produce("more", 0, "c");
            assertThat(clients.read("orders", 0, 2)).containsExactly("a", "b");
        }
    }

    @Test
    void aControllerWhoseDiskIsFullIsReplacedAndServesOn() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            cluster.clients(1).replicate("orders", 1);
            cluster.everybody().produce("orders", 0, "a");
            int controller = controller(cluster);
            awaitReserve(cluster.data(controller));

            cluster.disk(controller).fill(cluster.data(controller), 0);

            Patience.until(() -> {
                cluster.everybody().create("t" + System.nanoTime(), 1);
                assertThat(controller(cluster)).isNotEqualTo(controller);
            });
            assertThat(cluster.clients(controller).topics()).contains("orders");
            cluster.disk(controller).heal();
            cluster.everybody().produce("orders", 0, "b");
            assertThat(cluster.everybody().read("orders", 0, 2)).containsExactly("a", "b");
        }
    }

    private static int controller(Cluster cluster) {
        return cluster.everybody()
                .admin(admin -> admin.describeMetadataQuorum().quorumInfo())
                .leaderId();
    }

    /** The first change that finds the disk full still goes through; one of the next does not. */
    private static void awaitRefusal(Clients clients) {
        Patience.untilTrue("a topic is refused", () -> refused(clients));
        assertThatThrownBy(() -> clients.create("never", 1))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("disk of the metadata log of broker 1 is full");
    }

    private static boolean refused(Clients clients) {
        try {
            clients.create("t" + System.nanoTime(), 1);
            return false;
        } catch (KafkaStorageException full) {
            return true;
        }
    }

    private static String fullDisks(Site site) {
        return site.admin("eu").get("/api/v1/status").json().get("fullMetadataDisks").toString();
    }

    /** Room that is kept for the metadata log is taken a little after the start. */
    private static void awaitReserve(Path data) throws IOException {
        Path reserve = data.resolve("metadata/__cluster_metadata-0/reserve");
        Patience.untilTrue(
                "the reserve is there",
                () -> Files.exists(reserve) && Files.size(reserve) == 1 << 20);
    }
}
