package io.tombolo.cli.demo;

import io.tombolo.cli.handover.PlannedFailover;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;

import java.time.Duration;
import java.util.Optional;

/** Both regions are there: eu hands its topics to us and gets them back, and nothing is lost. */
final class Exchange {

    private static final Duration ACTIVE_MAX = Duration.ofSeconds(20);

    private final Stage stage;
    private final Narrator narrator;

    Exchange(Stage stage, Narrator narrator) {
        this.stage = stage;
        this.narrator = narrator;
    }

    void thereAndBack() {
        Tree there = move("us");
        try (var producer = new Traffic("guest", stage.site(), "us")) {
            Traffic.Ack ack = producer.write(0, "hello from us");
            narrator.say("produced  \"hello from us\" → orders-0@%d in us", ack.offset());
        }
        Waiting.until(
                ACTIVE_MAX,
                () -> follows("eu"),
                () -> Stage.failure("eu does not follow us", stage.status("eu").toString()));
        Tree back = move("eu");
        Waiting.until(
                ACTIVE_MAX,
                () -> follows("us"),
                () -> Stage.failure("us does not follow eu", stage.status("us").toString()));
        long lost = there.at("recordsLost").number(-1) + back.at("recordsLost").number(-1);
        narrator.fact("plannedPauseMs", there.at("writePauseMs"));
        narrator.fact("plannedBackPauseMs", back.at("writePauseMs"));
        narrator.expect("a planned failover loses nothing", lost == 0);
    }

    private Tree move(String to) {
        var limits =
                new PlannedFailover.Limits(
                        Duration.ofSeconds(1), Duration.ofSeconds(20), "the demo");
        var wish = new PlannedFailover.Wish(DemoSite.POLICY, Optional.of(to), limits, _ -> {});
        Tree outcome = PlannedFailover.of(stage.shell(), stage.site().file(), wish).execute();
        narrator.say(
                "failover demo --planned --to %s … %s owns the topics under ownership epoch %s",
                to, to, outcome.at("ownershipEpoch").text());
        narrator.more(
                "nobody could write for %s; end offsets and last CRC equal on %s, lost %s; %s"
                        + " follows",
                Amounts.ms(outcome.at("writePauseMs").number(-1)),
                Amounts.of(outcome.at("partitions").number(0), "partition"),
                outcome.at("recordsLost").text(),
                outcome.at("from").text());
        return outcome;
    }

    private boolean follows(String region) {
        return stage.status(region).at("links").items().stream()
                .filter(link -> link.at("name").text().equals(DemoSite.LINK))
                .anyMatch(link -> link.at("state").text().equals("ACTIVE"));
    }
}
