package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What administrators may change of a topic that another region owns, or that is a copy. */
class OwnedTopicsEndToEnd {

    private static final String LINK = "eu-to-us";

    @TempDir Path folder;
    private Site site;
    private Clients eu;
    private Clients us;
    private AdminHttp admin;

    @BeforeEach
    void copyARegion() {
        site = Site.linked(folder);
        eu = site.clients("eu");
        us = site.clients("us");
        admin = site.admin("us");
        site.startAll();
        eu.create("orders", 1, Map.of("retention.ms", "864000000"));
        eu.produce("orders", 0, "a", "b");
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(2));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void aTopicThatTheLinkWouldBringIsNotMadeBesideIt() {
        refused(() -> us.create("late", 1)).hasMessageContaining("--region eu");
        us.create("local", 1);
        eu.create("late", 1);

        Patience.until(() -> assertThat(us.end("late", 0)).isZero());
    }

    @Test
    void theOldOwnerChangesNothingOfWhatItHasLost() throws Exception {
        site.stop("eu");
        assertThat(admin.post("/api/v1/failover/" + LINK + "?force=true").status()).isEqualTo(200);
        site.start("eu");

        refused(() -> eu.create("late", 1)).hasMessageContaining("--region us");
        refused(() -> eu.delete("orders")).hasMessageContaining("--region us");
        refused(() -> grow(eu)).hasMessageContaining("add partitions there");
        refused(() -> set(eu, "retention.ms", "1000")).hasMessageContaining("there");
        refused(() -> deleteRecords(eu));
        set(eu, "min.insync.replicas", "1");

        assertThat(eu.topics()).containsExactly("orders");
        assertThat(eu.read("orders", 0, 2)).containsExactly("a", "b");
        assertThat(config(eu, "retention.ms")).isEqualTo("864000000");

        us.create("late", 1);
        grow(us);
        set(us, "retention.ms", "1000000");
        deleteRecords(us);
        us.delete("orders");
        assertThat(us.topics()).containsExactly("late");
    }

    private static AbstractThrowableAssert<?, ?> refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable change) {
        return assertThatThrownBy(change).isInstanceOf(PolicyViolationException.class);
    }

    @Test
    void aMirrorIsChangedByItsLinkAndDeletedWhenItIsPaused() {
        refused(() -> us.delete("orders")).hasMessageContaining("tombolo link pause " + LINK);
        refused(() -> set(us, "max.message.bytes", "2000")).hasMessageContaining("in region eu");
        refused(() -> set(us, "retention.ms", "1000")).hasMessageContaining("864000000");
        refused(() -> grow(us));
        refused(() -> deleteRecords(us));
        set(us, "retention.ms", "-1");
        assertThat(us.read("orders", 0, 2)).containsExactly("a", "b");

        assertThat(admin.post("/api/v1/links/" + LINK + "/pause").status()).isEqualTo(200);
        us.delete("orders");
        assertThat(us.topics()).isEmpty();
        assertThat(admin.post("/api/v1/links/" + LINK + "/resume").status()).isEqualTo(200);

        Patience.until(() -> assertThat(us.topics()).containsExactly("orders"));
        assertThat(us.read("orders", 0, 2)).containsExactly("a", "b");
    }

    @Test
    void aTopicThatTheLinkLeavesOutFromNowOnTakesRecordsAtOnce() throws Exception {
        site.stop("eu");
        site.stop("us");
        site = site.copying("*", "!orders");

        site.start("eu");

        eu.produce("orders", 0, "c");
        assertThat(eu.read("orders", 0, 3)).containsExactly("a", "b", "c");
    }

    private static void grow(Clients clients) {
        clients.admin(
                one -> one.createPartitions(Map.of("orders", NewPartitions.increaseTo(2))).all());
    }

    private static void deleteRecords(Clients clients) {
        var records = Map.of(new TopicPartition("orders", 0), RecordsToDelete.beforeOffset(1));
        clients.admin(one -> one.deleteRecords(records).all());
    }

    private static void set(Clients clients, String key, String value) {
        var entry = new ConfigEntry(key, value);
        var change = List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET));
        clients.admin(one -> one.incrementalAlterConfigs(Map.of(orders(), change)).all());
    }

    private static String config(Clients clients, String key) {
        return clients.admin(one -> one.describeConfigs(List.of(orders())).all())
                .get(orders())
                .get(key)
                .value();
    }

    private static ConfigResource orders() {
        return new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    }
}
