package io.tombolo.cli.demo;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Second act: records flow, a group reads them in eu, the copy in us is compared. */
final class Flow {

    private static final Duration WATCHED = Duration.ofMillis(1_500);
    private static final Duration SAMPLE_EVERY = Duration.ofMillis(100);
    private static final Duration GROUP_MAX = Duration.ofSeconds(15);
    private static final Duration SYNC_MAX = Duration.ofSeconds(15);

    private final Stage stage;
    private final Narrator narrator;

    Flow(Stage stage, Narrator narrator) {
        this.stage = stage;
        this.narrator = narrator;
    }

    /** Starts to write at a fixed rate. */
    Traffic startTraffic(int perSecond) {
        Traffic traffic = stage.act(new Traffic("eu", stage.site(), "eu"));
        traffic.flow(perSecond);
        narrator.say(
                "%d records/s now flow into eu (stock Kafka producer: idempotent, acks=all, lz4)",
                perSecond);
        return traffic;
    }

    /** Starts the group in eu; returns when it reads and its position is known in us. */
    GroupMember startGroup() {
        GroupMember member = stage.act(new GroupMember(stage.site().bootstrap("eu")));
        member.start();
        Waiting.until(
                GROUP_MAX,
                () -> !member.seen().isEmpty(),
                () ->
                        Stage.failure(
                                "group demo-billing reads nothing in eu",
                                stage.status("eu").toString()));
        Waiting.until(
                SYNC_MAX,
                this::groupSynced,
                () ->
                        Stage.failure(
                                "the position of demo-billing does not reach us",
                                stage.status("us").toString()));
        return member;
    }

    /**
     * While records flow, a position may be ahead of the copy: then it is kept at the copy's end.
     */
    private boolean groupSynced() {
        return link().at("groups").items().stream()
                .filter(group -> group.at("group").text().equals(GroupMember.GROUP))
                .anyMatch(
                        group -> group.at("synced").number(0) + group.at("clamped").number(0) > 0);
    }

    private Tree link() {
        return stage.status("us").at("links").items().stream().findFirst().orElse(Tree.NOTHING);
    }

    /**
     * Looks at the lag of the link for a while, and gives the same measured from outside.
     *
     * @param wanOneWay what every record is on its way for at least
     */
    void watchLag(Traffic traffic, Duration wanOneWay) {
        long samples = 0;
        long recordsMax = 0;
        long msMax = 0;
        long msMin = Long.MAX_VALUE;
        Arrivals arrivals = stage.act(new Arrivals(stage.site().bootstrap("us")));
        arrivals.start();
        long end = System.nanoTime() + WATCHED.toNanos();
        while (System.nanoTime() < end) {
            Tree lag = link().at("lag");
            recordsMax = Math.max(recordsMax, lag.at("records").number(0));
            msMax = Math.max(msMax, lag.at("ms").number(0));
            msMin = Math.min(msMin, lag.at("ms").number(0));
            samples++;
            Waiting.sleep(SAMPLE_EVERY);
        }
        arrivals.close();
        Arrivals.Delay delay = arrivals.delay(traffic.acks());
        narrator.say(
                "link lag as us knows it: at most %s, %s to %s (%d looks at the admin API)",
                Amounts.of(recordsMax, "record"), Amounts.ms(msMin), Amounts.ms(msMax), samples);
        narrator.more(
                "seen from outside: readable in us %s after the acknowledgement in eu, at worst %s"
                        + " (%s)",
                Amounts.ms(delay.medianMs()),
                Amounts.ms(delay.worstMs()),
                Amounts.of(delay.count(), "record"));
        narrator.fact("lagRecordsMax", recordsMax);
        narrator.fact("lagMsMax", msMax);
        narrator.fact("lagMsMin", msMin);
        narrator.fact("arrivalMsMedian", delay.medianMs());
        narrator.fact("arrivalMsWorst", delay.worstMs());
        narrator.expect("records become readable in us while they flow", delay.count() > 0);
        narrator.expect(
                "the lag is never told to be less than the distance",
                msMin >= wanOneWay.toMillis());
    }

    /** Compares both regions record by record and batch by batch. */
    void compare() {
        Comparison comparison = Comparison.of(stage.site());
        narrator.say(
                "compared eu and us: %s, %d differ in offset, time, key, value or header",
                Amounts.of(comparison.recordCount(), "record"), comparison.recordsDiffering());
        narrator.more(
                "%s on disk (%s), %d differ in a byte or in their CRC",
                Amounts.count(comparison.batchCount()) + " batches",
                Amounts.bytes(comparison.batchBytes()),
                comparison.batchesDiffering());
        narrator.fact("comparedRecords", comparison.recordCount());
        narrator.fact("comparedBatches", comparison.batchCount());
        narrator.fact("differing", comparison.recordsDiffering() + comparison.batchesDiffering());
        narrator.expect("every record and batch in us equals the one in eu", comparison.equal());
    }

    /** Says where the group is. */
    void tellPosition(GroupMember member) {
        Map<Integer, Long> next = new TreeMap<>();
        member.seen().forEach(seen -> next.merge(seen.partition(), seen.offset() + 1, Math::max));
        narrator.say("group demo-billing reads in eu, position %s", next);
    }
}
