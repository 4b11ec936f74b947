package io.tombolo.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.CommandRun;
import io.tombolo.cli.output.Tree;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/** Failovers that are carried out. */
class FailoverCommandEndToEnd {

    @TempDir private Path folder;

    @Test
    void aFailoverAsksAndTheNameOfThePolicyIsTheAnswer() throws IOException {
        try (var regions = LiveRegions.in(folder)) {
            regions.stop("eu");
            LiveRegions.await(
                    () -> regions.get("us", "/api/v1/failover/shop").body().at("ready").flag());

            assertSameShape(regions.get("us", "/api/v1/failover/shop").body(), "ready");

            CommandRun nobody = CommandRun.of(folder, "failover", "shop");
            CommandRun no = CommandRun.interactive(folder, "yes\n", "failover", "shop");
            CommandRun yes = CommandRun.interactive(folder, "shop\n", "failover", "shop");
            CommandRun again = CommandRun.of(folder, "failover", "shop", "-y");
            CommandRun status = CommandRun.of(folder, "status");

            assertThat(nobody.exitCode()).isEqualTo(4);
            assertThat(no.exitCode()).isEqualTo(4);
            assertThat(yes.exitCode()).isZero();
            assertThat(yes.err())
                    .contains("Failover  eu → us   policy shop, link eu-to-us\neu: no answer for ")
                    .contains("Not replicated: 0 records (0 B) known + ");
            assertThat(yes.out())
                    .containsPattern("  4/4  make writable +✓ ")
                    .contains(" Region us owns the topics of eu-to-us under epoch 2.\n");
            assertThat(again.exitCode()).isEqualTo(4);
            assertThat(again.err())
                    .contains("us took over under epoch 2, 20")
                    .containsPattern("  1/4  claim ownership +✓ ")
                    .contains("error[TMB-4010]: us already owns the topics of eu-to-us")
                    .doesNotContain("--force-accept-split-brain");
            assertThat(status.out()).containsPattern("shop +done +us took over under epoch 2, 20");
        }
    }

    @Test
    void aFailoverThatIsForcedCarriesItsReason() throws IOException {
        try (var regions = LiveRegions.in(folder)) {
            CommandRun run =
                    CommandRun.of(
                            folder,
                            "failover",
                            "shop",
                            "-y",
                            "--force-accept-split-brain",
                            "--reason",
                            "eu burns",
                            "-o",
                            "json");

            assertThat(run.exitCode()).isZero();
            assertSameShape(RecordedAnswer.parse(run.out()), "outcome");
            Tree finished = regions.get("us", "/api/v1/failover/shop").body();
            assertSameShape(finished, "finished");
            assertThat(finished.at("finished", "cause").text()).startsWith("eu burns; ");
        }
    }

    private static void assertSameShape(Tree live, String recorded) {
        assertThat(RecordedAnswer.shape(live))
                .isEqualTo(RecordedAnswer.shape(RecordedAnswer.of(recorded)));
    }
}
