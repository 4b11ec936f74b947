package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo;
import io.tombolo.nodes.NodeProcess;
import io.tombolo.nodes.Nodes;

import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What an Apache Kafka does not allow a link is told before anything is changed: {@code bills} may
 * not be read there, {@code secret} not be seen, {@code orders} be read without its configs.
 */
class SourceRightsEndToEnd {

    private static final String RULES =
            """
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            allow.everyone.if.no.acl.found=true
            """;

    @TempDir Path folder;
    private NodeProcess kafka;
    private Site site;
    private Path file;
    private Clients eu;

    @BeforeEach
    void aKafkaThatDoesNotAllowAll() throws Exception {
        int port = Nodes.freePort();
        kafka = LoneKafka.start(folder, port, RULES);
        eu = new Clients("127.0.0.1:" + port);
        site =
                Site.of(
                        folder,
                        List.of("us"),
                        "  eu: { bootstrap: \"%s\" }\n".formatted(eu.bootstrap()));
        site.start("us");
        file = site.file();
        Patience.until(() -> eu.create("orders", 1));
        eu.create("bills", 1);
        eu.create("secret", 1);
        rule(ResourceType.TOPIC, "bills", AclOperation.DESCRIBE, AclPermissionType.ALLOW);
        rule(ResourceType.TOPIC, "orders", AclOperation.READ, AclPermissionType.ALLOW);
        rule(ResourceType.TOPIC, "secret", AclOperation.ALL, AclPermissionType.DENY);
        rule(ResourceType.GROUP, "billing", AclOperation.ALL, AclPermissionType.DENY);
    }

    @AfterEach
    void stop() {
        site.close();
        kafka.close();
    }

    @Test
    void whatALinkMayNotDoAtItsSourceIsToldBeforeItIsMade() throws Exception {
        link("\"*\", secret", "\"*\", billing");
        JsonNode plan = tombolo("plan", "-o", "json").json();

        assertThat(plan.get("changes").size()).isEqualTo(1);
        assertThat(plan.get("findings"))
                .extracting(finding -> finding.get("seen").asString())
                .containsExactly(
                        "not allowed to read bills, secret in eu",
                        "not told the configs of orders in eu",
                        "not told the positions of billing in eu");
        assertThat(plan.get("findings"))
                .extracting(finding -> finding.get("fix").asString())
                .contains(
                        "allow READ and DESCRIBE of topic bills and the others in eu",
                        "allow DESCRIBE of group billing in eu");

        link("bills", "\"*\"");
        Tombolo.Ended refused = tombolo("plan", "--detailed-exitcode");

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
        assertThat(refused.out())
                .contains("not allowed to read bills in eu", "blocked. allow READ and DESCRIBE");
        assertThat(tombolo("apply", "-y").exitCode()).isZero();
        assertThat(site.admin("us").get("/api/v1/links").body()).doesNotContain("bills");
    }

    private void rule(
            ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
        var pattern = new ResourcePattern(type, name, PatternType.LITERAL);
        var entry = new AccessControlEntry("User:*", "*", operation, permission);
        eu.admin(admin -> admin.createAcls(List.of(new AclBinding(pattern, entry))).all());
    }

    private void link(String topics, String groups) throws Exception {
        String links =
                "links:\n  in: { from: eu, to: us, topics: [%s], groups: [%s] }\n"
                        .formatted(topics, groups);
        Files.writeString(file, Files.readString(site.file()) + links);
    }

    private Tombolo.Ended tombolo(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-f", file.toString()));
        return new Tombolo(folder).run(command.toArray(String[]::new));
    }
}
