package io.tombolo.controller;

import static io.tombolo.controller.Region.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.DeleteTopics;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.controller.command.TopicCommand.TopicKey;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.region.RegionId;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class ActiveControllerTest {

    private static final long SECOND = 1_000_000_000L;

    private final ManualLoop loop = new ManualLoop();
    private final Entropy entropy = new SeededEntropy(1);
    private final List<MetadataDelta> published = new ArrayList<>();
    private final List<Exception> failures = new ArrayList<>();
    private final List<Answer<?>> answers = new ArrayList<>();
    private final ActiveController controller = newController();
    private final ScriptedQuorum quorum = new ScriptedQuorum(controller);

    @Test
    void aNodeThatDoesNotLeadRefusesCommands() {
        submit(create("a"));

        assertThat(errors()).containsExactly(Errors.NOT_CONTROLLER);
    }

    @Test
    void theFirstLeaderFormatsTheRegion() {
        controller.attach(quorum);
        quorum.lead(1, 1);
        quorum.commitAll();

        assertThat(controller.image().region().identity()).contains(Region.EU);
        assertThat(controller.waitingCount()).isZero();
    }

    @Test
    void anAnswerWaitsUntilItsRecordsAreCommittedAndPublished() {
        start();
        submit(create("a"));
        assertThat(answers).isEmpty();
        assertThat(controller.image().topics().topic("a")).isEmpty();

        quorum.commitAll();

        assertThat(answers).singleElement().isInstanceOf(Answer.Done.class);
        assertThat(published.getLast().after().topics().topic("a")).isPresent();
        assertThat(controller.image()).isSameAs(published.getLast().after());
    }

    @Test
    void aCommandIsDecidedOnWhatWasProposedBeforeIt() {
        start();
        submit(create("a"));
        submit(create("a"));
        assertThat(answers).isEmpty();

        quorum.commitAll();

        assertThat(answers).hasSize(2);
        assertThat(topicErrors()).containsExactly(Errors.NONE, Errors.TOPIC_ALREADY_EXISTS);
    }

    @Test
    void lostLeadershipRefusesWhoeverWaitsAndForgetsTheTip() {
        start();
        submit(create("a"));
        submit(create("a"));

        quorum.truncate();
        quorum.lose(2);

        assertThat(errors()).containsExactly(Errors.NOT_CONTROLLER, Errors.NOT_CONTROLLER);
        assertThat(controller.waitingCount()).isZero();

        quorum.lead(1, 3);
        submit(create("a"));
        quorum.commitAll();
        assertThat(topicErrors()).last().isEqualTo(Errors.NONE);
    }

    @Test
    void whatWasProposedBeforeAChangeOfLeaderMayStillBeCommitted() {
        start();
        submit(create("a"));
        quorum.lose(2);

        quorum.commitAll();

        assertThat(errors()).containsExactly(Errors.NOT_CONTROLLER);
        assertThat(controller.image().topics().topic("a")).isPresent();
    }

    @Test
    void aProposalRefusedByTheLogEndsTheTerm() {
        start();
        quorum.epochMovesOn();

        submit(create("a"));

        assertThat(errors()).containsExactly(Errors.NOT_CONTROLLER);
        assertThat(controller.active()).isFalse();
    }

    @Test
    void tooManyWaitingCommandsAreThrottled() {
        start();
        for (int i = 0; i < 9; i++) {
            submit(create("topic-" + i));
        }

        assertThat(errors()).containsExactly(Errors.THROTTLING_QUOTA_EXCEEDED);

        quorum.commitAll();
        assertThat(answers).hasSize(9);
        assertThat(controller.waitingCount()).isZero();
    }

    @Test
    void onAFullDiskWhatGrowsIsRefusedAndWhatMakesRoomIsNot() {
        start();
        submit(create("a"));
        quorum.commitAll();

        controller.onRoom(Room.RESERVE);
        submit(create("b"));
        assertThat(errors()).containsExactly(Errors.KAFKA_STORAGE_ERROR);
        submit(new DeleteTopics(List.of(new TopicKey.ByName("a"))));
        quorum.commitAll();
        assertThat(controller.image().topics().topic("a")).isEmpty();

        controller.onRoom(Room.NONE);
        submit(new DeleteTopics(List.of(new TopicKey.ByName("a"))));
        assertThat(errors())
                .containsExactly(Errors.KAFKA_STORAGE_ERROR, Errors.KAFKA_STORAGE_ERROR);

        controller.onRoom(Room.AMPLE);
        submit(create("b"));
        quorum.commitAll();
        assertThat(controller.image().topics().topic("b")).isPresent();
    }

    @Test
    void aFullLogIsTriedAgain() {
        start();
        quorum.roomLeft = 0;
        submit(create("a"));
        submit(create("b"));
        assertThat(quorum.proposed).isEmpty();

        quorum.roomLeft = 10;
        loop.advance(Duration.ofNanos(SECOND / 100));
        quorum.commitAll();

        assertThat(topicErrors()).containsExactly(Errors.NONE, Errors.NONE);
    }

    @Test
    void anAtomicChangeThatIsTooLargeIsRefused() {
        start();
        submit(new CreateTopics(List.of(topic("wide", 500, 1)), false));

        assertThat(errors()).containsExactly(Errors.POLICY_VIOLATION);
        assertThat(quorum.proposed).isEmpty();
    }

    @Test
    void aChangeThatMayBeCutIsProposedInPieces() {
        start();
        for (int i = 0; i < 5; i++) {
            submit(new CreateTopics(List.of(topic("t" + i, 40, 1)), false));
            quorum.commitAll();
        }
        int before = published.size();

        submit(heartbeat(true));
        assertThat(quorum.proposed).hasSizeGreaterThan(1);
        quorum.commitNext();
        assertThat(answers).hasSize(5);
        quorum.commitAll();

        assertThat(answers).hasSize(6);
        assertThat(published.size()).isGreaterThan(before + 1);
        assertThat(controller.image().brokers().isActive(1)).isFalse();
    }

    @Test
    void aBrokerThatIsNotHeardOfIsFenced() {
        start();

        loop.advance(Duration.ofNanos(5 * SECOND));
        submit(heartbeat(false));
        loop.advance(Duration.ofNanos(8 * SECOND));
        assertThat(quorum.proposed).isEmpty();

        loop.advance(Duration.ofNanos(4 * SECOND));
        quorum.commitAll();
        assertThat(controller.image().brokers().isActive(1)).isFalse();
    }

    @Test
    void aNewTermGivesEveryBrokerAWholeSession() {
        start();
        loop.advance(Duration.ofNanos(8 * SECOND));
        quorum.lose(2);
        quorum.lead(1, 3);

        loop.advance(Duration.ofNanos(8 * SECOND));
        assertThat(quorum.proposed).isEmpty();
        loop.advance(Duration.ofNanos(4 * SECOND));
        assertThat(quorum.proposed).isNotEmpty();
    }

    @Test
    void aLiveBrokersIdIsProtectedAndASilentOnesIsNot() {
        start();
        submit(Region.registration(1, new Uuid(5, 5)));
        assertThat(errors()).containsExactly(Errors.DUPLICATE_BROKER_REGISTRATION);

        // In a new term nobody has been heard of: a process that was restarted gets its id back.
        quorum.lose(2);
        quorum.lead(1, 3);
        submit(Region.registration(1, new Uuid(5, 5)));
        quorum.commitAll();
        assertThat(answers.getLast()).isInstanceOf(Answer.Done.class);
    }

    @Test
    void aSnapshotIsWrittenWhenEnoughWasAppliedAndMakesTheSameImage() {
        start();
        for (int i = 0; quorum.snapshotEnd < 0; i++) {
            submit(new CreateTopics(List.of(topic("t" + i, 30, 1)), false));
            quorum.commitAll();
        }
        assertThat(quorum.snapshot).allMatch(batch -> LogBatch.sizeBytes(batch) <= 4_000);

        var other = newController();
        other.attach(quorum);
        var id = new OffsetAndEpoch(quorum.snapshotEnd, 1);
        other.onSnapshotBegun(id);
        quorum.snapshot.forEach(other::onSnapshotRecords);
        other.onSnapshotEnded(id);

        assertThat(other.image()).isEqualTo(controller.image());
        assertThat(published.getLast().topicsCreated())
                .hasSize(controller.image().topics().byId().size());
    }

    @Test
    void aFollowerThatReplaysTheLogHasTheSameImage() {
        start();
        submit(create("a"));
        submit(create("b"));
        quorum.commitAll();

        var follower = newController();
        follower.attach(quorum);
        quorum.committed.forEach(follower::onCommit);

        assertThat(follower.image()).isEqualTo(controller.image());
    }

    @Test
    void theLogOfAnotherRegionIsRefused() {
        var foreign =
                MetadataRecordCodec.encode(new RegionIdentity(new Uuid(2, 2), new RegionId("us")));
        controller.attach(quorum);

        controller.onCommit(new LogBatch(1, 1, false, List.of(foreign)));

        assertThat(failures).singleElement().asString().contains("us").contains("eu");
        assertThat(published).isEmpty();
    }

    @Test
    void aDamagedRecordStopsTheControllerForGood() {
        start();
        submit(create("a"));
        quorum.truncate();
        quorum.lose(2);

        controller.onCommit(new LogBatch(99, 2, false, List.of(new byte[] {1, 2, 3})));
        quorum.lead(1, 3);

        assertThat(failures).hasSize(1);
        assertThat(controller.active()).isFalse();
    }

    @Test
    void preferredLeadersAreGivenBackWithTime() {
        start();
        submit(Region.registration(2, new Uuid(4, 4)));
        quorum.commitAll();
        submit(heartbeatOf(2, false));
        submit(
                new CreateTopics(
                        List.of(
                                new NewTopic(
                                        "a",
                                        -1,
                                        -1,
                                        new TreeMap<>(Map.of(0, List.of(2, 1))),
                                        new TreeMap<>())),
                        false));
        submit(heartbeatOf(2, true));
        submit(heartbeatOf(2, false));
        quorum.commitAll();
        assertThat(only().leader()).isEqualTo(1);
        var id = controller.image().topics().topic("a").orElseThrow().partitionId(0);
        submit(
                new AlterPartitions(
                        1,
                        brokerEpoch(1),
                        List.of(
                                new Proposal(
                                        id,
                                        only().leaderEpoch(),
                                        only().partitionEpoch(),
                                        List.of(new Member(1, -1), new Member(2, -1)),
                                        LeaderRecovery.RECOVERED))));
        quorum.commitAll();

        loop.advance(Duration.ofNanos(3 * SECOND));
        quorum.commitAll();

        assertThat(only().leader()).isEqualTo(2);
    }

    private PartitionRegistration only() {
        return controller.image().topics().topic("a").orElseThrow().partitions().get(0);
    }

    private long brokerEpoch(int broker) {
        return controller.image().brokers().broker(broker).orElseThrow().brokerEpoch();
    }

    private HeartbeatBroker heartbeatOf(int broker, boolean wantFence) {
        return new HeartbeatBroker(broker, brokerEpoch(broker), Long.MAX_VALUE, wantFence, false);
    }

    private ActiveController newController() {
        var place = new ActiveController.Place(1, loop, loop, entropy);
        return new ActiveController(
                place,
                Region.settings(),
                new PlainConfigs(),
                new MetadataListener() {
                    @Override
                    public void published(MetadataDelta delta) {
                        published.add(delta);
                    }

                    @Override
                    public void failed(Exception cause) {
                        failures.add(cause);
                    }
                });
    }

    /** Leads in epoch 1 with one active broker. */
    private void start() {
        controller.attach(quorum);
        quorum.lead(1, 1);
        submit(Region.registration(1, new Uuid(3, 3)));
        quorum.commitAll();
        submit(heartbeat(false));
        quorum.commitAll();
        answers.clear();
        assertThat(controller.image().brokers().isActive(1)).isTrue();
    }

    private HeartbeatBroker heartbeat(boolean wantFence) {
        long epoch = controller.image().brokers().broker(1).orElseThrow().brokerEpoch();
        return new HeartbeatBroker(1, epoch, Long.MAX_VALUE, wantFence, false);
    }

    private static CreateTopics create(String name) {
        return new CreateTopics(List.of(Region.topic(name, new TreeMap<>())), false);
    }

    private <A> void submit(Command<A> command) {
        controller.submit(command, answers::add);
    }

    private List<Errors> errors() {
        return answers.stream()
                .filter(Answer.Refused.class::isInstance)
                .map(refused -> ((Answer.Refused<?>) refused).error())
                .toList();
    }

    private List<Errors> topicErrors() {
        return answers.stream()
                .filter(Answer.Done.class::isInstance)
                .map(done -> ((Answer.Done<?>) done).value())
                .map(topics ->
                        ((Map<?, ?>) topics).values().iterator().next()
                                        instanceof Answer.Refused<?> refused
                                ? refused.error()
                                : Errors.NONE)
                .toList();
    }
}
