package io.tombolo.broker.link;

import io.tombolo.broker.Commands;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.environment.Clock;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.Reason;
import io.tombolo.region.ownership.Ownership;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One failover, step by step: claim the ownership (the point of no return), keep links from
 * appending, stop the copying and settle what is under way, raise the leader epochs and make the
 * topics writable. Confined to the links' loop. Each step may be repeated: a run that is
 * interrupted is simply started again.
 */
public final class FailoverRun {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long GROUPS_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long GROUPS_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LinkPlace place;
    private final FailoverPreview preview;
    private final Link link;
    private final Tools tools;
    private final Consumer<FailoverReport> report;
    private final List<FailoverReport.Step> steps = new ArrayList<>();
    private long stepBegan;

    /**
     * What a run works with.
     *
     * @param groupsLoaded says whether the offsets of all groups that this broker looks after can
     *     be read; answers on the links' loop
     */
    public record Tools(Commands commands, Clock clock, Consumer<Consumer<Boolean>> groupsLoaded) {}

    /**
     * How it is carried out.
     *
     * @param cause kept with the ownership record: who and why
     * @param force goes on without the offsets of groups that cannot be read in time
     */
    record Manner(String cause, boolean force) {}

    FailoverRun(
            LinkPlace place,
            FailoverPreview preview,
            Link link,
            Tools tools,
            Consumer<FailoverReport> report) {
        this.place = place;
        this.preview = preview;
        this.link = link;
        this.tools = tools;
        this.report = report;
    }

    void start(Manner manner) {
        stepBegan = tools.clock().nanoTime();
        submit(
                new RegionCommand.ClaimOwnership(
                        preview.link().domain(),
                        place.region(),
                        preview.ownershipEpoch(),
                        Ownership.Mode.FORCED,
                        manner.cause()),
                ownership -> {
                    done("claim ownership", "epoch " + ownership.epoch() + " is committed");
                    stopMirroring(ownership.epoch(), manner);
                });
    }

    /** Goes on with a run that was interrupted after its claim. */
    void goOn(Manner manner) {
        stepBegan = tools.clock().nanoTime();
        long epoch = preview.ownershipEpoch();
        done("claim ownership", "epoch " + epoch + " was committed before");
        stopMirroring(epoch, manner);
    }

    private void stopMirroring(long ownershipEpoch, Manner manner) {
        submit(
                new LinkCommand.BeginPromotion(preview.link().name(), manner.cause()),
                partitions -> {
                    done("stop mirroring", partitions.size() + " partitions");
                    long deadline = tools.clock().nanoTime() + GROUPS_PATIENCE_NANOS;
                    awaitGroups(deadline, manner.force(), () -> settle(ownershipEpoch));
                });
    }

    /**
     * Right after a start the offsets of groups are still being loaded; a group that is not loaded
     * would keep a position beyond the copy.
     */
    private void awaitGroups(long deadlineNanos, boolean force, Runnable next) {
        tools.groupsLoaded()
                .accept(loaded -> {
                    boolean late = tools.clock().nanoTime() - deadlineNanos >= 0;
                    if (loaded || late && force) {
                        next.run();
                    } else if (late) {
                        report.accept(
                                new FailoverReport.Interrupted(
                                        steps, "the offsets of groups are still being loaded"));
                    } else {
                        place.loop()
                                .schedule(
                                        GROUPS_AGAIN_NANOS,
                                        () -> awaitGroups(deadlineNanos, force, next));
                    }
                });
    }

    private void settle(long ownershipEpoch) {
        link.failover(new FailoverOrder(ownershipEpoch, PATIENCE_NANOS))
                .thenAccept(outcome -> promote(ownershipEpoch, outcome));
    }

    private void promote(long ownershipEpoch, FailoverOutcome outcome) {
        if (outcome.refusal().isPresent()) {
            Reason reason = outcome.refusal().get();
            report.accept(new FailoverReport.Interrupted(steps, reason.detail()));
            return;
        }
        done(
                "settle the copy",
                "%d partitions, %d groups clamped"
                        .formatted(outcome.partitions().size(), outcome.groups().size()));
        var epochs = new TreeMap<PartitionId, Integer>();
        outcome.partitions()
                .forEach(one ->
                        epochs.put(
                                new PartitionId(
                                        one.partition().topicId(), one.partition().partition()),
                                one.highestEpoch()));
        submit(
                new LinkCommand.CompletePromotion(preview.link().name(), epochs),
                promotion -> {
                    done("make writable", promotion.stopped().size() + " topics");
                    report.accept(
                            promotion.waiting().isEmpty()
                                    ? new FailoverReport.Done(ownershipEpoch, steps, outcome)
                                    : new FailoverReport.Interrupted(
                                            steps,
                                            promotion.waiting().size()
                                                    + " partitions are led by other brokers"));
                });
    }

    private <A> void submit(Command<A> command, Consumer<A> next) {
        tools.commands()
                .submit(
                        command,
                        place.loop(),
                        answer -> {
                            switch (answer) {
                                case Answer.Done<A>(A value) -> next.accept(value);
                                case Answer.Refused<A>(Refusal refusal) ->
                                        report.accept(
                                                new FailoverReport.Interrupted(
                                                        steps, refusal.message()));
                            }
                        });
    }

    private void done(String step, String detail) {
        long now = tools.clock().nanoTime();
        steps.add(new FailoverReport.Step(step, detail, now - stepBegan));
        stepBegan = now;
    }
}
