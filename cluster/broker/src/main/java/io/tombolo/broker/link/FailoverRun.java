package io.tombolo.broker.link;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.lease.LeaseSeat;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.environment.Clock;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.ownership.Ownership;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One failover as the broker sees it that was asked for it: claim the ownership (the point of no
 * return), tell all brokers to end the copying, and watch in the metadata how each does its part
 * ({@link PromotionWorker}). Confined to the links' loop. Each step may be repeated, by any broker:
 * a run that is interrupted is simply started again, and without it the work goes on too.
 */
public final class FailoverRun {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long FORCED_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LinkPlace place;
    private final FailoverPreview preview;
    private final Tools tools;
    private final Consumer<FailoverReport> report;
    private final List<FailoverReport.Step> steps = new ArrayList<>();
    private long ownershipEpoch;
    private long stepBegan;
    private long deadlineNanos;
    private boolean settled;
    private boolean forced;

    /**
     * What a run works with.
     *
     * @param leases of the ledger that has to agree first; none where the operator's word is enough
     */
    public record Tools(
            Images images, Commands commands, Clock clock, Optional<LeaseSeat> leases) {}

    /**
     * How it is carried out.
     *
     * @param cause kept with the ownership record: who and why
     * @param force goes on without partitions and groups that cannot be reached in time
     */
    record Manner(String cause, boolean force) {}

    FailoverRun(
            LinkPlace place,
            FailoverPreview preview,
            Tools tools,
            Consumer<FailoverReport> report) {
        this.place = place;
        this.preview = preview;
        this.tools = tools;
        this.report = report;
    }

    void start(Manner manner) {
        stepBegan = tools.clock().nanoTime();
        tools.leases()
                .ifPresentOrElse(
                        seat -> awaitLease(seat, preview.ownershipEpoch(), manner),
                        () -> claim(preview.ownershipEpoch(), manner));
    }

    /** Before anything is committed here: without a majority of the sites nothing has changed. */
    private void awaitLease(LeaseSeat seat, long knownEpoch, Manner manner) {
        seat.claim(
                preview.link().domain(),
                knownEpoch + 1,
                new LeaseSeat.Claimant() {
                    @Override
                    public void given() {
                        done("wait for the lease", "nobody else may write any more");
                        claim(knownEpoch, manner);
                    }

                    @Override
                    public void movedOn(Holding holding) {
                        learn(seat, holding, manner);
                    }

                    @Override
                    public void refused(String reason) {
                        report.accept(new FailoverReport.Interrupted(steps, reason));
                    }
                });
    }

    /** This region was cut off when the domain got its last epochs. */
    private void learn(LeaseSeat seat, Holding holding, Manner manner) {
        var known =
                new Ownership(
                        preview.link().domain(),
                        holding.region(),
                        holding.epoch(),
                        Ownership.Mode.STEADY);
        submit(
                new RegionCommand.ObserveOwnership(List.of(known), "told by the ownership ledger"),
                _ -> awaitLease(seat, holding.epoch(), manner));
    }

    private void claim(long knownEpoch, Manner manner) {
        submit(
                new RegionCommand.ClaimOwnership(
                        preview.link().domain(),
                        place.region(),
                        knownEpoch,
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

    private void stopMirroring(long epoch, Manner manner) {
        ownershipEpoch = epoch;
        submit(
                new LinkCommand.BeginPromotion(preview.link().name(), manner.cause()),
                partitions -> {
                    done("stop mirroring", counted(partitions.size(), "partition"));
                    deadlineNanos = tools.clock().nanoTime() + PATIENCE_NANOS;
                    watch(manner);
                });
    }

    private void watch(Manner manner) {
        var standing =
                PromotionStanding.of(tools.images().current(), preview.link(), ownershipEpoch);
        boolean late = tools.clock().nanoTime() - deadlineNanos >= 0;
        if (!settled && (standing.stopped() || standing.obstacles().isEmpty())) {
            settled = true;
            done(
                    "settle the copy",
                    "%s, %s clamped"
                            .formatted(
                                    counted(standing.outcome().partitions().size(), "partition"),
                                    counted(standing.outcome().groups().size(), "group")));
        }
        // Which transactions are torn is worth waiting for, but everything takes writes already.
        boolean enough = standing.finished() && (standing.compared() || late);
        if (enough || forced && late && standing.stopped()) {
            finish(standing);
        } else if (late && manner.force() && !forced) {
            goWithout(standing, manner);
        } else if (late && (forced || !manner.force())) {
            report.accept(new FailoverReport.Interrupted(steps, standing.problem()));
        } else {
            place.loop().schedule(AGAIN_NANOS, () -> watch(manner));
        }
    }

    private void finish(PromotionStanding standing) {
        List<FailoverOutcome.AbortedTransactions> aborted = standing.outcome().transactions();
        if (!aborted.isEmpty()) {
            int count = aborted.stream().mapToInt(one -> one.count()).sum();
            done("abort open transactions", count + " in " + counted(aborted.size(), "partition"));
        }
        List<String> leftOut = tools.images().current().leftOut(preview.link().name());
        if (!leftOut.isEmpty()) {
            done("leave out", FailoverPreview.leftOut(leftOut));
        }
        String left = standing.finished() ? "" : ", but " + standing.problem();
        done("make writable", counted(standing.stoppedCount(), "topic") + left);
        report.accept(new FailoverReport.Done(ownershipEpoch, steps, standing.outcome()));
    }

    /** The operator wants it all the same. */
    private void goWithout(PromotionStanding standing, Manner manner) {
        forced = true;
        deadlineNanos = tools.clock().nanoTime() + FORCED_PATIENCE_NANOS;
        done("settle the copy", "went on without this: " + standing.problem());
        settled = true;
        submit(
                new LinkCommand.CompletePromotion(preview.link().name(), ownershipEpoch),
                _ -> watch(manner));
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

    private static String counted(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    private void done(String step, String detail) {
        long now = tools.clock().nanoTime();
        steps.add(new FailoverReport.Step(step, detail, now - stepBegan));
        stepBegan = now;
    }
}
