package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.link.LocalLeadership;
import io.tombolo.region.link.OffsetMapping;
import io.tombolo.region.link.Reason;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What every link module keeps, between two whole regions; the laws of the world hold as well. */
abstract class LinkContract {

    private static final Duration A_WHILE = Duration.ofSeconds(3);

    private final Recorder recorder = new Recorder(provider());
    private final World world =
            new World(new Trial(7, Shape.TWO_REGIONS, Variant.SOUND), new Happenings(), recorder);

    /** The module under test. */
    abstract LinkProvider provider();

    /** Notes how links are reconciled. */
    private static final class Recorder implements LinkProvider {

        private final LinkProvider module;
        private LinkSpec spec;
        private LocalLeadership leadership;

        Recorder(LinkProvider module) {
            this.module = module;
        }

        @Override
        public LinkType type() {
            return module.type();
        }

        @Override
        public Guarantees guarantees() {
            return module.guarantees();
        }

        @Override
        public List<Reason> check(LinkSpec wanted) {
            return module.check(wanted);
        }

        @Override
        public Link open(LinkSpec wanted, LinkHost host) {
            Link link = module.open(wanted, host);
            return new Link() {
                @Override
                public void reconcile(LinkSpec desired, LocalLeadership leads) {
                    spec = desired;
                    leadership = leads;
                    link.reconcile(desired, leads);
                }

                @Override
                public LinkStatus status() {
                    return link.status();
                }

                @Override
                public OffsetMapping offsets() {
                    return link.offsets();
                }

                @Override
                public CompletionStage<FailoverOutcome> failover(FailoverOrder order) {
                    return link.failover(order);
                }

                @Override
                public void close() {
                    link.close();
                }
            };
        }
    }

    @Test
    void everyRecordIsCopiedInOrderAndTheLagReachesZero() {
        world.begin();
        world.runFor(A_WHILE);

        world.copyAll();

        assertThat(world.copiedCount()).isPositive();
        long lagRecords = world.ask(link -> link.status().lag().records());
        assertThat(lagRecords).isZero();
    }

    @Test
    void aPausedLinkMovesNothingAndAResumedOneAll() {
        world.begin();
        world.pauseLink(true);
        world.runFor(A_WHILE);
        long before = world.copiedCount();

        world.runFor(A_WHILE);

        assertThat(world.copiedCount()).isEqualTo(before);
        world.pauseLink(false);
        world.copyAll();
        assertThat(world.copiedCount()).isGreaterThan(before);
    }

    @Test
    void aRestartGoesOnWhereTheLogEnds() {
        world.begin();
        world.runFor(A_WHILE);

        world.restartDestination();

        world.copyAll();
    }

    @Test
    void reconcilingTwiceEqualsOnce() {
        world.begin();
        world.runFor(A_WHILE);

        boolean same =
                world.ask(link -> {
                    var before = link.status();
                    link.reconcile(recorder.spec, recorder.leadership);
                    link.reconcile(recorder.spec, recorder.leadership);
                    return before.equals(link.status());
                });

        assertThat(same).isTrue();
        world.copyAll();
    }

    @Test
    void aFailoverUnderAnOldEpochIsRefused() {
        world.begin();
        world.runFor(A_WHILE);

        var outcome =
                world.ask(link ->
                        link.failover(
                                        new FailoverOrder(
                                                recorder.spec.intent().ownershipEpoch() - 1, 1))
                                .toCompletableFuture());

        assertThat(outcome).isCompleted();
        assertThat(outcome.join().refusal()).isPresent();
        world.copyAll();
    }

    @Test
    void aClosedLinkAppendsNothing() {
        world.begin();
        world.runFor(A_WHILE);

        world.ask(link -> {
            link.close();
            return true;
        });
        world.runFor(Duration.ofMillis(100));
        long closed = world.copiedCount();
        world.runFor(A_WHILE);

        assertThat(world.copiedCount()).isEqualTo(closed);
    }
}
