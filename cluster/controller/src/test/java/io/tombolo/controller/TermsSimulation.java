package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Three controllers on one log whose leader changes at any moment, keeping some of what was not
 * committed and dropping the rest. Every command is answered once; what is answered as done is
 * committed; all nodes publish the same images.
 */
class TermsSimulation {

    private static final int STEPS = 1_200;

    @Test
    void whatIsAnsweredIsCommittedWhateverHappensToTheLeader() {
        long lost = 0;
        for (long seed = 1; seed <= 40; seed++) {
            var run = new Run(seed, true);
            run.go();
            assertThat(run.failures).as("seed " + seed).isEmpty();
            lost += run.lostCount;
        }
        assertThat(lost).as("commands that met a change of leader").isGreaterThan(100);
    }

    @Test
    void aLeaderThatIsNotToldOfItsFallIsNoticed() {
        int noticed = 0;
        for (long seed = 1; seed <= 20; seed++) {
            var run = new Run(seed, false);
            try {
                run.go();
                noticed += run.failures.isEmpty() ? 0 : 1;
            } catch (AssertionError | IllegalStateException broken) {
                noticed++;
            }
        }
        assertThat(noticed).isPositive();
    }

    /** One history. */
    private static final class Run {

        final List<Exception> failures = new ArrayList<>();
        long lostCount;
        private final Random random;
        private final boolean tellsOfFall;
        private final RandomCommands commands;
        private final ManualLoop loop = new ManualLoop();
        private final List<Node> nodes = new ArrayList<>();
        private final ArrayDeque<LogBatch> uncommitted = new ArrayDeque<>();
        private int leader = -1;
        private int epoch;
        private long nextOffset;
        private int submitted;
        private int answered;

        Run(long seed, boolean tellsOfFall) {
            this.random = new Random(seed);
            this.tellsOfFall = tellsOfFall;
            this.commands = new RandomCommands(seed);
            for (int id = 0; id < 3; id++) {
                nodes.add(new Node(id, seed));
            }
        }

        void go() {
            elect(0);
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(8)) {
                    case 0 -> loop.advance(Duration.ofNanos(random.nextInt(400) * 1_000_000L));
                    case 1, 2, 3 -> commitNext();
                    case 4 -> {
                        if (random.nextInt(12) == 0) {
                            elect(random.nextInt(3));
                        }
                    }
                    default -> submit();
                }
            }
            while (!uncommitted.isEmpty()) {
                commitNext();
            }
            assertThat(answered).isEqualTo(submitted);
            MetadataImage first = nodes.get(0).controller.image();
            nodes.forEach(node -> assertThat(node.controller.image()).isEqualTo(first));
        }

        private void submit() {
            Node node = nodes.get(random.nextInt(10) == 0 ? random.nextInt(3) : leader);
            submit(node, commands.next(node.controller.image()));
        }

        private <A> void submit(Node node, Command<A> command) {
            submitted++;
            boolean[] once = {false};
            node.controller.submit(
                    command,
                    answer -> {
                        assertThat(once[0]).as("answered once").isFalse();
                        once[0] = true;
                        answered++;
                        check(node, command, answer);
                    });
        }

        private void check(Node node, Command<?> command, Answer<?> answer) {
            if (answer instanceof Answer.Refused<?> refused
                    && refused.error() == Errors.NOT_CONTROLLER) {
                lostCount++;
            }
            if (command instanceof CreateTopics create
                    && !create.validateOnly()
                    && answer instanceof Answer.Done<?>(Map<?, ?> topics)) {
                topics.forEach((name, outcome) -> {
                    if (outcome instanceof Answer.Done<?>) {
                        assertThat(node.controller.image().topics().topic((String) name))
                                .as("a created topic is committed")
                                .isPresent();
                    }
                });
            }
        }

        private void commitNext() {
            if (!uncommitted.isEmpty()) {
                LogBatch batch = uncommitted.remove();
                nodes.forEach(node -> node.controller.onCommit(batch));
            }
        }

        /** The new leader has a part of what the old one had not committed. */
        private void elect(int newLeader) {
            epoch++;
            int kept = random.nextInt(uncommitted.size() + 1);
            while (uncommitted.size() > kept) {
                uncommitted.removeLast();
            }
            nextOffset = uncommitted.isEmpty() ? nextOffset : uncommitted.getLast().endOffset();
            leader = newLeader;
            if (tellsOfFall) {
                tell(LeaderAndEpoch.NO_LEADER);
            }
            while (!uncommitted.isEmpty()) {
                commitNext();
            }
            nextOffset++;
            if (tellsOfFall) {
                tell(newLeader);
            } else {
                nodes.get(newLeader)
                        .controller
                        .onLeaderChange(new LeaderAndEpoch(newLeader, epoch));
            }
        }

        private void tell(int known) {
            nodes.forEach(node -> node.controller.onLeaderChange(new LeaderAndEpoch(known, epoch)));
        }

        /** One node: its controller, and the log as seen from there. */
        private final class Node implements Quorum, MetadataListener {

            final ActiveController controller;
            private final int id;
            private MetadataImage image = MetadataImage.EMPTY;

            Node(int id, long seed) {
                this.id = id;
                var place =
                        new ActiveController.Place(
                                id, loop, loop, new SeededEntropy(seed * 3 + id));
                controller =
                        new ActiveController(place, Region.settings(), new PlainConfigs(), this);
                controller.attach(this);
            }

            @Override
            public ProposeResult propose(List<byte[]> records, int proposerEpoch) {
                if (tellsOfFall && (leader != id || proposerEpoch != epoch)) {
                    return new ProposeResult.NotLeader(new LeaderAndEpoch(leader, epoch));
                }
                if (uncommitted.size() > 20) {
                    return new ProposeResult.Overloaded(1, 1);
                }
                var batch = new LogBatch(nextOffset, epoch, false, records);
                uncommitted.add(batch);
                nextOffset = batch.endOffset();
                return new ProposeResult.Accepted(batch.baseOffset(), batch.endOffset() - 1);
            }

            @Override
            public void createSnapshot(
                    long endOffset,
                    Iterator<List<byte[]>> batches,
                    Consumer<Outcome<OffsetAndEpoch>> done) {
                assertThat(endOffset).isEqualTo(controller.image().place().offset() + 1);
                done.accept(new Outcome.Done<>(new OffsetAndEpoch(endOffset, epoch)));
            }

            @Override
            public void published(MetadataDelta delta) {
                assertThat(delta.before()).as("no image is left out").isSameAs(image);
                image = delta.after();
            }

            @Override
            public void failed(Exception cause) {
                failures.add(cause);
            }
        }
    }
}
