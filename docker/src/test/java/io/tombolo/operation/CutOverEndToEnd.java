package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.commands.Tombolo;
import io.tombolo.nodes.NodeProcess;
import io.tombolo.nodes.Nodes;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Topics leave an Apache Kafka that lets everybody do what no rule forbids, while clients write.
 */
class CutOverEndToEnd {

    private static final int PARTITIONS = 2;
    private static final String RULES =
            """
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            allow.everyone.if.no.acl.found=true
            """;

    @TempDir Path folder;
    private NodeProcess kafka;
    private Site site;
    private Clients eu;
    private Clients us;

    @BeforeEach
    void copyAnApacheKafka() throws Exception {
        int port = Nodes.freePort();
        kafka = LoneKafka.start(folder, port, RULES);
        eu = new Clients("127.0.0.1:" + port);
        site = Site.fencedBy(folder, eu.bootstrap());
        us = site.clients("us");
        site.start("us");
        Patience.until(() -> eu.create("orders", PARTITIONS));
        eu.produce("orders", 0, "a", "b", "c");
        eu.commit("billing", "orders", 0, 2);
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(3));
    }

    @AfterEach
    void stop() {
        site.close();
        kafka.close();
    }

    @Test
    void nothingThatWasAcknowledgedIsLostAndTheSourceTakesNoMore() throws Exception {
        letEverybodyIn();
        try (var open = eu.producer(Map.of("transactional.id", "hanging"));
                var writer = new UnceasingWriter(eu, PARTITIONS)) {
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>("orders", 1, "k", "never committed")).get();
            Patience.until(() -> assertThat(writer.count()).isGreaterThan(100));

            JsonNode moved = tombolo("--planned", "-y", "-o", "json").json();

            assertThat(moved.get("recordsLost").asLong()).isZero();
            assertThat(moved.get("to").asString()).isEqualTo("us");
            writer.close();
            assertThat(writer.missingIn(us)).isEmpty();
        }
        assertThat(us.committed("billing", "orders", 0)).isEqualTo(2);
        us.produce("orders", 0, "written in us");
        assertThatThrownBy(() -> eu.produce("orders", 0, "too late"))
                .isInstanceOf(TopicAuthorizationException.class);
        Tombolo.Ended again = tombolo("--planned", "-y");
        assertThat(again.exitCode()).isNotZero();
        assertThat(again.err()).contains("belong to us already");
    }

    @Test
    void aSignalTakesTheRulesAway() throws Exception {
        letEverybodyIn();
        try (var open = eu.producer(Map.of("transactional.id", "hanging"))) {
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>("orders", 1, "k", "keeps the topic from rest")).get();
            Process command =
                    new Tombolo(folder)
                            .start("failover.out", arguments("--planned", "-y", "--drain", "2m"));
            Patience.until(() -> assertThat(rules()).hasSize(2));

            command.destroy();

            assertThat(command.waitFor()).isNotZero();
            assertThat(folder.resolve("failover.out")).content().contains("rolled back");
            Patience.until(() -> assertThat(rules()).hasSize(1));
            open.send(new ProducerRecord<>("orders", 1, "k", "goes on")).get();
            open.commitTransaction();
        }
    }

    private void letEverybodyIn() {
        var everything =
                new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW);
        var orders = new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL);
        eu.admin(admin -> admin.createAcls(List.of(new AclBinding(orders, everything))).all());
    }

    private Collection<AclBinding> rules() {
        return eu.admin(admin -> admin.describeAcls(AclBindingFilter.ANY).values());
    }

    @Test
    void aClusterThatHidesItsTopicsOnceTheyHaveARuleIsLeftAsItWas() {
        Tombolo.Ended run = tombolo("--planned", "-y");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err()).contains("TMB-4004", "allow.everyone.if.no.acl.found", "rolled back");
        assertThat(rules()).isEmpty();
        eu.produce("orders", 0, "goes on");
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(4));
    }

    @Test
    void aLinkThatMayNotReadATopicSaysSoAndGoesOnOnceItMay() {
        var orders = new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL);
        var all = new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW);
        var noRead =
                new AccessControlEntry("User:*", "*", AclOperation.READ, AclPermissionType.DENY);
        var allowed = new AclBinding(orders, all);
        var denied = new AclBinding(orders, noRead);
        eu.admin(admin -> admin.createAcls(List.of(allowed, denied)).all());
        eu.produce("orders", 0, "not for the link");

        Patience.until(() -> {
            JsonNode link = site.admin("us").link("eu-to-us");
            assertThat(link.get("state").asString()).isEqualTo("FAILED");
            assertThat(link.at("/topics/0/trouble/code").asString()).isEqualTo("SOURCE_DENIED");
        });
        var doctor =
                new Tombolo(folder).run("link", "doctor", "eu-to-us", "-f", site.file().toString());
        assertThat(doctor.out())
                .contains(
                        "SOURCE_DENIED",
                        "READ, DESCRIBE and DESCRIBE_CONFIGS of topic orders in eu");

        eu.admin(admin -> admin.deleteAcls(List.of(denied.toFilter())).all());
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(4));
        Patience.until(() ->
                assertThat(site.admin("us").link("eu-to-us").get("state").asString())
                        .isEqualTo("ACTIVE"));
    }

    @Test
    void aLinkThatMayNotReadConfigurationsSaysSoAndCopiesRecords() {
        var orders = new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL);
        var noConfigs =
                new AccessControlEntry(
                        "User:*", "*", AclOperation.DESCRIBE_CONFIGS, AclPermissionType.DENY);
        var denied = new AclBinding(orders, noConfigs);
        letEverybodyIn();
        eu.admin(admin -> admin.createAcls(List.of(denied)).all());

        Patience.until(() ->
                assertThat(site.admin("us").link("eu-to-us").at("/topics/0/trouble/detail"))
                        .asString()
                        .contains("does not tell the link its configurations"));
        eu.produce("orders", 0, "copied all the same");
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(4));
        assertThat(site.admin("us").link("eu-to-us").get("state").asString()).isEqualTo("ACTIVE");

        eu.admin(admin -> admin.deleteAcls(List.of(denied.toFilter())).all());
        Patience.until(() ->
                assertThat(
                                site.admin("us")
                                        .link("eu-to-us")
                                        .at("/topics/0/trouble/code")
                                        .isMissingNode())
                        .isTrue());
    }

    private Tombolo.Ended tombolo(String... options) {
        return new Tombolo(folder).run(arguments(options));
    }

    private String[] arguments(String... options) {
        var command = new ArrayList<>(List.of("failover", "eu-to-us"));
        command.addAll(List.of(options));
        command.addAll(List.of("-f", site.file().toString()));
        return command.toArray(String[]::new);
    }
}
