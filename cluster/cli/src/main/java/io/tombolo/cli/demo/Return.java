package io.tombolo.cli.demo;

import io.tombolo.cli.failback.Failback;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;

import java.time.Duration;

/** Last act: eu comes back with its old data, hears that it lost the topics, and refuses writes. */
final class Return {

    private static final Duration HEARD_MAX = Duration.ofSeconds(15);
    private static final Duration REFUSED_MAX = Duration.ofSeconds(8);
    private static final int PER_SECOND = 50;

    private final Stage stage;
    private final Narrator narrator;

    Return(Stage stage, Narrator narrator) {
        this.stage = stage;
        this.narrator = narrator;
    }

    void ofTheOldOwner() {
        ChildRegion eu = stage.region("eu");
        Traffic writer = stage.act(new Traffic("late", stage.site(), "eu"));
        writer.flow(PER_SECOND);
        eu.awaitReady();
        long ready = System.nanoTime();
        Waiting.until(
                HEARD_MAX,
                () -> ownerAsSeenByEu().equals("us"),
                () ->
                        Stage.failure(
                                "eu does not hear that us owns the topics",
                                stage.status("eu").toString()));
        long heardMs = (System.nanoTime() - ready) / 1_000_000;
        Waiting.until(
                REFUSED_MAX,
                () -> writer.refusedCount() > 0,
                () ->
                        Stage.failure(
                                "eu neither takes nor refuses writes",
                                stage.status("eu").toString()));
        long accepted = writer.acks().size();
        String refusal = writer.lastRefusal();
        writer.close();
        narrator.say(
                "eu is back with its old data; it knows us as the owner %s after it was ready",
                Amounts.ms(heardMs));
        narrator.more(
                "records that eu took since it is back: %d; a write there is refused: %s",
                accepted, refusal);
        narrator.fact("oldOwnerAccepted", accepted);
        narrator.fact("oldOwnerRefusal", refusal);
        narrator.expect("the old owner takes no record", accepted == 0);
    }

    /** What only eu has is set aside, and eu follows us. */
    void asACopy() {
        long start = System.nanoTime();
        Tree outcome = Failback.of(stage.shell(), stage.site().file(), DemoSite.POLICY).execute();
        long records = outcome.at("records").number(-1);
        narrator.say(
                "failback demo … eu had %s that us has not: listed, copied to __divergent.%s in eu,"
                        + " and cut off, after %s",
                Amounts.of(records, "record"),
                DemoSite.TOPIC,
                Amounts.ms((System.nanoTime() - start) / 1_000_000));
        narrator.fact("divergent", records);
        Waiting.until(
                HEARD_MAX,
                () ->
                        stage.status("eu").at("links").items().stream()
                                .anyMatch(link -> link.at("state").text().equals("ACTIVE")),
                () -> Stage.failure("eu does not follow us", stage.status("eu").toString()));
        Comparison comparison = Comparison.of(stage.site());
        narrator.more(
                "compared eu and us: %s, %d differ",
                Amounts.of(comparison.recordCount(), "record"), comparison.recordsDiffering());
        narrator.expect(
                "after the failback every record in eu is the one in us",
                comparison.recordsDiffering() == 0);
    }

    private String ownerAsSeenByEu() {
        return stage.status("eu").at("ownership").items().stream()
                .filter(one -> one.at("domain").text().equals(DemoSite.LINK))
                .map(one -> one.at("owner"))
                .map(Tree::text)
                .findFirst()
                .orElse("");
    }
}
