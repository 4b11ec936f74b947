package io.tombolo.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.CommandRun;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The verbs of the file, with live regions: what is planned is what is done, and no more. */
class PlanCommandsEndToEnd {

    @TempDir private Path folder;

    @Test
    void theRegionsBecomeWhatTheFileSays() throws IOException {
        try (var regions = LiveRegions.in(folder)) {
            CommandRun nothing = run("plan", "--detailed-exitcode");
            assertThat(nothing.exitCode()).as(nothing.err()).isZero();
            assertThat(nothing.out())
                    .contains("eu ✓ 1/1   us ✓ 1/1   ap ✓ 1/1", "The regions are as the file says.")
                    .contains("Ownership of eu-to-us: manual. ");

            declare(
                    """
                    topics:
                      orders: { in: eu, partitions: 3, config: { retention.ms: 1h } }
                      bills: { in: eu }
                    """);
            assertThat(run("diff", "--detailed-exitcode").exitCode()).isEqualTo(3);
            assertThat(run("diff").exitCode()).isZero();
            Tree plan = json("plan");
            String id = plan.at("plan").text();
            CommandRun applied = run("apply", id);
            CommandRun again = run("apply", id);

            assertThat(plan.at("changes").items()).hasSize(3);
            assertThat(applied.exitCode()).as(applied.err()).isZero();
            assertThat(applied.out())
                    .contains("✓ topic:bills @eu", "1/1 leaders elected", "Done: 3 steps.");
            assertThat(again.exitCode()).as(again.err()).isZero();
            assertThat(again.out()).contains("was so already").doesNotContain(" ms\n");
            assertThat(run("plan", "--detailed-exitcode").exitCode()).isZero();
            assertThat(retention()).isEqualTo("3600000");

            whatIsThereCanBeWrittenDownAndExplained();
            whatMovedIsLeftAlone();
            linksChangeWhileTheyRun(regions);
            whatWasRemovedIsDeletedOnlyWhereAllowed();
        }
    }

    private void whatIsThereCanBeWrittenDownAndExplained() throws IOException {
        CommandRun export = run("export");
        assertThat(export.exitCode()).as(export.err()).isZero();
        Files.writeString(folder.resolve("exported.yaml"), export.out());

        CommandRun same = run("plan", "-f", "exported.yaml", "--detailed-exitcode");
        String partitions = run("explain", "topics.orders.partitions").out();
        String retention = run("explain", "topics.orders.config.retention.ms").out();
        Tree unset = json("explain", "topics.orders.config.segment.ms");

        assertThat(same.exitCode()).as(same.out()).isZero();
        assertThat(partitions)
                .containsPattern("file      3   tombolo.yaml:\\d+:\\d+ topics.orders.partitions\n")
                .contains("  eu        3   set by file\n")
                .containsPattern("  us        [13]   set by link:eu-to-us\n");
        assertThat(retention).contains("default   604800000   LONG", "3600000   set by file\n");
        assertThat(unset.at("live").items().getFirst().at("owner").text()).isEqualTo("default");
        assertThat(run("explain", "topics.nobody.partitions").exitCode()).isEqualTo(2);
    }

    private void whatMovedIsLeftAlone() throws IOException {
        declare(
                """
                topics:
                  orders: { in: eu, partitions: 3, config: { retention.ms: 2h } }
                  bills: { in: eu }
                """);
        String slower = json("plan").at("plan").text();
        declare(
                """
                topics:
                  orders: { in: eu, partitions: 3, config: { retention.ms: 3h } }
                  bills: { in: eu }
                """);
        String other = json("plan").at("plan").text();
        assertThat(run("apply", other).exitCode()).isZero();

        CommandRun stale = run("apply", slower);

        assertThat(stale.exitCode()).isEqualTo(4);
        assertThat(stale.err()).contains("error[TMB-4201]", "retention.ms is 10800000");
        assertThat(retention()).isEqualTo("10800000");
        assertThat(run("apply", other + ".undo").exitCode()).isZero();
        assertThat(retention()).isEqualTo("3600000");
        assertThat(run("apply", "p-0123").exitCode()).isEqualTo(2);
    }

    private void linksChangeWhileTheyRun(LiveRegions regions) throws IOException {
        declare(
                """
                topics:
                  orders: { in: eu, partitions: 3, config: { retention.ms: 1h } }
                  bills: { in: eu }
                """);
        link(
                """
                links:
                  eu-to-us: { from: eu, to: us, topics: ["orders", "bills"], sync: { offsets: 2s } }
                  eu-to-ap: { from: eu, to: ap, topics: ["orders"] }
                failover:
                  shop: { follows: eu-to-us, refuseIf: { lagOver: 9s } }
                  aside: { follows: eu-to-ap }
                """);
        Tree plan = json("plan");
        CommandRun applied = run("apply", plan.at("plan").text());

        assertThat(plan.at("changes").items()).hasSize(4);
        assertThat(applied.exitCode()).as(applied.err()).isZero();
        assertThat(run("plan", "--detailed-exitcode").exitCode()).isZero();
        LiveRegions.await(() -> copied(regions, "eu-to-us", "bills"));
        LiveRegions.await(() -> copied(regions, "eu-to-ap", "orders"));
        assertThat(regions.link().at("state").text()).isEqualTo("ACTIVE");
        assertThat(run("explain", "links.eu-to-us.sync.offsets").out())
                .contains("  us        2000ms   set by file\n");
        assertThat(run("explain", "failover.shop.refuseIf.lagOver").out())
                .contains("  us        9000ms   set by file\n");
        assertThat(regions.get("ap", "/api/v1/failover/aside").status()).isEqualTo(200);

        link("links: { eu-to-us: { from: eu, to: us, topics: [\"orders\", \"bills\"] } }\n");
        CommandRun off = run("plan", "--detailed-exitcode");
        CommandRun on = run("apply", "-y", "--allow-delete=link:eu-to-ap");

        assertThat(off.exitCode()).isEqualTo(3);
        assertThat(off.out()).contains("add --allow-delete=link:eu-to-ap", "stay read-only");
        assertThat(on.exitCode()).as(on.err()).isZero();
        assertThat(run("plan", "--detailed-exitcode").exitCode()).isZero();
        CommandRun written =
                CommandRun.interactive(
                        folder, "x\n", "topic", "produce", "orders", "--region", "ap");
        assertThat(written.exitCode()).isNotZero();
    }

    private static boolean copied(LiveRegions regions, String link, String topic) {
        return regions.json("link", "describe", link).at("topics").items().stream()
                .filter(one -> one.at("topic").text().equals(topic))
                .anyMatch(one -> one.at("state").text().equals("ACTIVE"));
    }

    private void link(String links) throws IOException {
        Path file = folder.resolve("tombolo.yaml");
        String text = Files.readString(file);
        Files.writeString(
                file,
                text.substring(0, text.indexOf("\nlinks:") + 1)
                        + links
                        + text.substring(text.indexOf("\ntopics:") + 1));
    }

    private void whatWasRemovedIsDeletedOnlyWhereAllowed() throws IOException {
        declare("topics: { orders: { in: eu, partitions: 3 } }");

        CommandRun off = run("plan", "--detailed-exitcode");
        CommandRun on = run("apply", "-y", "--allow-delete=topic:bills");

        assertThat(off.exitCode()).isEqualTo(3);
        assertThat(off.out()).contains("blocked. add --allow-delete=topic:bills");
        assertThat(on.exitCode()).as(on.err()).isZero();
        assertThat(run("plan", "--detailed-exitcode").exitCode()).isZero();
        assertThat(retention()).isEmpty();
    }

    private String retention() {
        for (Tree topic :
                json("topic", "describe", "orders", "--region", "eu").at("configs").items()) {
            if (topic.at("name").text().equals("retention.ms")
                    && !topic.at("source").text().contains("DEFAULT")) {
                return topic.at("value").text();
            }
        }
        return "";
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(folder, arguments);
    }

    private Tree json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("-o");
        all.add("json");
        CommandRun run = run(all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return TreeText.parse(run.out()).orElseThrow();
    }

    private void declare(String topics) throws IOException {
        Path file = folder.resolve("tombolo.yaml");
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.lastIndexOf("\ntopics:") + 1) + topics);
    }
}
