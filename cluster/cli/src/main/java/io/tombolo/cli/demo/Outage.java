package io.tombolo.cli.demo;

import io.tombolo.cli.admin.Failover;
import io.tombolo.cli.admin.FailoverText;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Third act: eu is killed, us takes over, the group goes on. */
final class Outage {

    private static final Duration READY_MAX = Duration.ofSeconds(30);
    private static final Duration RESUME_MAX = Duration.ofSeconds(20);
    private static final Duration AFTERWARDS = Duration.ofMillis(700);

    private final Stage stage;
    private final Narrator narrator;
    private final Traffic before;
    private final GroupMember member;
    private long killNanos;
    private Tree preview = Tree.NOTHING;

    /**
     * @param before the records that flow into eu
     * @param member the group's member in eu
     */
    Outage(Stage stage, Narrator narrator, Traffic before, GroupMember member) {
        this.stage = stage;
        this.narrator = narrator;
        this.before = before;
        this.member = member;
    }

    void kill(ChildRegion eu) {
        String processes = eu.processes();
        eu.strike();
        killNanos = System.nanoTime();
        eu.kill();
        narrator.say("SIGKILL to eu (%s) while records flow", processes);
    }

    /** The same as {@code tombolo failover demo -y}, repeated until us no longer refuses. */
    void failOver() {
        Failover failover = Failover.of(stage.shell(), stage.site().file(), DemoSite.POLICY);
        Tree first = failover.preview();
        if (!first.at("ready").flag()) {
            Tree reason = first.at("reasons").items().stream().findFirst().orElse(Tree.NOTHING);
            narrator.say(
                    "failover demo … refused, %s: %s",
                    reason.at("code").text(), reason.at("claim").text());
        }
        Waiting.until(
                READY_MAX,
                () -> failover.preview().at("ready").flag(),
                () -> Stage.failure("us does not get ready", failover.preview().toString()));
        preview = failover.preview();
        long start = System.nanoTime();
        narrator.say(
                "failover demo … eu is silent; not replicated: %s", FailoverText.bound(preview));
        before.close();
        member.close();
        Tree outcome = failover.execute(Optional.empty());
        narrator.say(
                "us owns the topics under ownership epoch %s, after %s",
                outcome.at("ownershipEpoch").text(), Amounts.ms(sinceMs(start)));
        narrator.fact("ownershipEpoch", outcome.at("ownershipEpoch"));
        narrator.fact("failoverMs", sinceMs(start));
        narrator.expect(
                "the ownership epoch is higher than before",
                outcome.at("ownershipEpoch").number(0) > first.at("ownershipEpoch").number(0));
    }

    /** Goes on in us: the same group, and new records. */
    void resume(int perSecond) {
        String us = stage.site().bootstrap("us");
        GroupMember resumed = stage.act(new GroupMember(us));
        resumed.start();
        Traffic after = stage.act(new Traffic("us", stage.site(), "us"));
        after.flow(perSecond);
        Waiting.until(
                RESUME_MAX,
                () -> !resumed.seen().isEmpty() && !after.acks().isEmpty(),
                () ->
                        Stage.failure(
                                "nothing goes on in us",
                                "%d records read, %d written, %s"
                                        .formatted(
                                                resumed.seen().size(),
                                                after.acks().size(),
                                                after.lastRefusal())));
        Waiting.sleep(AFTERWARDS);
        long readMs = (resumed.seen().getFirst().nanos() - killNanos) / 1_000_000;
        long writtenMs = (after.acks().getFirst().nanos() - killNanos) / 1_000_000;
        narrator.say(
                "pause from the kill to the first record read in us %s, to the first one written"
                        + " there %s",
                Amounts.ms(readMs), Amounts.ms(writtenMs));
        narrator.fact("readPauseMs", readMs);
        narrator.fact("writePauseMs", writtenMs);
        after.close();
        resumed.close();
        countLost(after);
        countGroup(resumed.seen());
    }

    private void countLost(Traffic after) {
        Map<String, ConsumerRecord<String, String>> present =
                Comparison.all(stage.site().bootstrap("us"));
        List<Traffic.Ack> acks = before.acks();
        List<Traffic.Ack> lost = acks.stream().filter(ack -> !isIn(present, ack)).toList();
        long lostMs =
                lost.stream()
                        .mapToLong(ack -> (killNanos - ack.nanos()) / 1_000_000)
                        .max()
                        .orElse(0);
        long newLost = after.acks().stream().filter(ack -> !isIn(present, ack)).count();
        narrator.say(
                "acknowledged in eu %s, of these in us %s, lost %s",
                Amounts.count(acks.size()),
                Amounts.count(acks.size() - lost.size()),
                lost.isEmpty()
                        ? "0"
                        : Amounts.count(lost.size())
                                + " (acknowledged in the last "
                                + Amounts.ms(lostMs)
                                + " before the kill)");
        narrator.fact("acknowledged", acks.size());
        narrator.fact("lost", lost.size());
        narrator.fact("lostMs", lostMs);
        narrator.fact("lossBound", preview.at("lossBound"));
        narrator.expect(
                "what is lost lies within the loss bound: " + FailoverText.bound(preview),
                lost.size() <= preview.at("lossBound", "recordsMax").number(-1));
        narrator.expect("nothing that us acknowledged is missing", newLost == 0);
    }

    private static boolean isIn(
            Map<String, ConsumerRecord<String, String>> present, Traffic.Ack ack) {
        ConsumerRecord<String, String> record = present.get(ack.partition() + "@" + ack.offset());
        return record != null && record.value().equals(ack.value());
    }

    private void countGroup(List<GroupMember.Seen> resumed) {
        Map<Integer, Long> processed = new HashMap<>();
        member.seen()
                .forEach(seen -> processed.merge(seen.partition(), seen.offset() + 1, Math::max));
        Map<Integer, Long> next = new HashMap<>(processed);
        Map<String, String> values = new HashMap<>();
        member.seen()
                .forEach(seen -> values.put(seen.partition() + "@" + seen.offset(), seen.value()));
        long again = 0;
        long skipped = 0;
        for (GroupMember.Seen seen : resumed) {
            long expected = next.getOrDefault(seen.partition(), 0L);
            boolean same = seen.value().equals(values.get(seen.partition() + "@" + seen.offset()));
            again += same ? 1 : 0;
            skipped += Math.max(0, seen.offset() - expected);
            next.put(seen.partition(), Math.max(expected, seen.offset() + 1));
        }
        narrator.say(
                "group demo-billing went on in us at its own offsets: %s read again, %d skipped",
                Amounts.of(again, "record"), skipped);
        narrator.fact("readAgain", again);
        narrator.fact("skipped", skipped);
        narrator.expect("the group skips no record", skipped == 0);
    }

    private static long sinceMs(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
