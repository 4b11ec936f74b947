package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.FileDisk;
import io.tombolo.environment.Offload;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.core.RaftSettings;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** The controller on the real log with a sole voter and real files. */
class ControllerOnRaftTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir Path directory;

    private final ManualLoop loop = new ManualLoop();

    @Test
    void metadataOutlivesTheProcess() {
        Node first = new Node(1);
        first.submit(Region.registration(1, new Uuid(3, 3)));
        first.submit(first.heartbeat());
        for (int i = 0; i < 60; i++) {
            first.submit(new CreateTopics(List.of(Region.topic("t" + i, 30, 1)), false));
        }
        MetadataImage before = first.controller.image();
        assertThat(before.topics().partitionCount()).isEqualTo(1_800);
        first.stop();

        Node second = new Node(2);

        assertThat(second.failures).isEmpty();
        assertThat(second.controller.active()).isTrue();
        assertThat(second.controller.image().topics()).isEqualTo(before.topics());
        assertThat(second.controller.image().brokers()).isEqualTo(before.brokers());
        assertThat(second.submit(Region.registration(1, new Uuid(4, 4))))
                .isInstanceOf(Answer.Done.class);
        assertThat(
                        second.controller
                                .image()
                                .topics()
                                .topic("t59")
                                .orElseThrow()
                                .partitions()
                                .get(0)
                                .hasLeader())
                .isFalse();
        assertThat(second.submit(second.heartbeat())).isInstanceOf(Answer.Done.class);
        assertThat(
                        second.controller
                                .image()
                                .topics()
                                .topic("t59")
                                .orElseThrow()
                                .partitions()
                                .get(0)
                                .hasLeader())
                .isTrue();
        second.stop();
    }

    private final class Node implements MetadataListener {

        final List<Exception> failures = new ArrayList<>();
        final ActiveController controller;
        private final RaftNode raft;

        Node(long seed) {
            var entropy = new SeededEntropy(seed);
            controller =
                    new ActiveController(
                            new ActiveController.Place(1, loop, loop, entropy),
                            Region.settings(),
                            new PlainConfigs(),
                            this);
            var self = new ReplicaKey(1, new UUID(1, 1));
            raft =
                    new RaftNode(
                            new RaftNode.Membership("test", self, VoterSet.ofKeys(self)),
                            new RaftNode.Place(
                                    loop,
                                    loop,
                                    entropy,
                                    new AtOnce(),
                                    new FileDisk(),
                                    directory.resolve("metadata")),
                            RaftSettings.STANDARD,
                            _ -> {},
                            controller);
            controller.attach(raft);
            raft.start();
            loop.advance(Duration.ofNanos(SECOND));
        }

        <A> Answer<A> submit(Command<A> command) {
            var answers = new ArrayList<Answer<A>>();
            controller.submit(command, answers::add);
            loop.advance(Duration.ofNanos(SECOND / 100));
            assertThat(failures).isEmpty();
            assertThat(answers).hasSize(1);
            return answers.getFirst();
        }

        HeartbeatBroker heartbeat() {
            MetadataImage image = controller.image();
            long epoch = image.brokers().broker(1).orElseThrow().brokerEpoch();
            return new HeartbeatBroker(1, epoch, image.place().offset(), false, false);
        }

        void stop() {
            controller.close();
            boolean[] closed = {false};
            raft.close(() -> closed[0] = true);
            loop.advance(Duration.ofNanos(SECOND));
            assertThat(closed[0]).isTrue();
        }

        @Override
        public void published(MetadataDelta delta) {}

        @Override
        public void failed(Exception cause) {
            failures.add(cause);
        }
    }

    /** Does blocking work at once and brings its outcome back as an event. */
    private static final class AtOnce implements Offload {

        @Override
        public <T> void submit(
                int lane, Callable<T> work, EventLoop replyTo, Consumer<Outcome<T>> done) {
            Outcome<T> outcome;
            try {
                outcome = new Outcome.Done<>(work.call());
            } catch (Exception failed) {
                outcome = new Outcome.Failed<>(failed);
            }
            Outcome<T> result = outcome;
            replyTo.execute(() -> done.accept(result));
        }
    }
}
