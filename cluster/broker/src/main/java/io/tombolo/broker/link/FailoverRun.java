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

    private final LinkPlace place;
    private final FailoverPreview preview;
    private final Link link;
    private final Tools tools;
    private final Consumer<FailoverReport> report;
    private final List<FailoverReport.Step> steps = new ArrayList<>();
    private long stepBegan;

    /** What a run works with. */
    public record Tools(Commands commands, Clock clock) {}

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

    void start(String cause) {
        stepBegan = tools.clock().nanoTime();
        submit(
                new RegionCommand.ClaimOwnership(
                        preview.link().domain(),
                        place.region(),
                        preview.ownershipEpoch(),
                        Ownership.Mode.FORCED,
                        cause),
                ownership -> {
                    done("claim ownership", "epoch " + ownership.epoch() + " is committed");
                    stopMirroring(ownership.epoch(), cause);
                });
    }

    /** Goes on with a run that was interrupted after its claim. */
    void goOn(String cause) {
        stepBegan = tools.clock().nanoTime();
        long epoch = preview.ownershipEpoch();
        done("claim ownership", "epoch " + epoch + " was committed before");
        stopMirroring(epoch, cause);
    }

    private void stopMirroring(long ownershipEpoch, String cause) {
        submit(
                new LinkCommand.BeginPromotion(preview.link().name(), cause),
                partitions -> {
                    done("stop mirroring", partitions.size() + " partitions");
                    link.failover(new FailoverOrder(ownershipEpoch, PATIENCE_NANOS))
                            .thenAccept(outcome -> promote(ownershipEpoch, outcome));
                });
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
