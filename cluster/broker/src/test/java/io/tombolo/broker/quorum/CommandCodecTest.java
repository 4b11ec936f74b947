package io.tombolo.broker.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.Replacement;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.UnreadableRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Commands and answers that Kafka has no messages for. */
class CommandCodecTest {

    private static final LinkName LINK = new LinkName("eu-to-us");
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final Uuid TOPIC = new Uuid(3, -4);
    private static final Ownership OWNED =
            new Ownership(new DomainName("eu-to-us"), US, 2, Ownership.Mode.FORCED)
                    .with(new Takeover(new RegionId("eu"), NameFilter.of("a*", "!ab")));

    static Stream<Command<?>> commands() {
        var epochs =
                new TreeMap<>(Map.of(new PartitionId(TOPIC, 0), 7, new PartitionId(TOPIC, 1), -1));
        var settings = new TreeMap<>(Map.of("retention.ms", "1", "ü", ""));
        var open =
                new OpenTransactions(
                        9, List.of(new OpenTransactions.OpenTransaction(1L << 50, 7, 12, -1)));
        var assigned = new TreeMap<>(Map.of(0, List.of(1, 2), 1, List.of(2)));
        return Stream.of(
                new TopicCommand.CreateTopics(
                        List.of(
                                NewTopic.of("orders", -1, 3, settings),
                                new NewTopic("placed", -1, -1, assigned, new TreeMap<>())),
                        true),
                new ConfigCommand.IncrementalAlterConfigs(
                        List.of(
                                new Alteration(
                                        ConfigResource.topic("orders"),
                                        List.of(
                                                new Change.Set("a", "1"),
                                                new Change.Delete("b"),
                                                new Change.Append("c", "x,y"),
                                                new Change.Subtract("d", "z")))),
                        ConfigCommand.Origin.LINK,
                        false),
                new ConfigCommand.AlterConfigs(
                        List.of(new Replacement(ConfigResource.allBrokers(), settings)), true),
                new ConfigCommand.Receipted(
                        TOPIC,
                        new ConfigCommand.AlterConfigs(
                                List.of(new Replacement(ConfigResource.topic("orders"), settings)),
                                false)),
                new ConfigCommand.Receipted(
                        TOPIC,
                        new ConfigCommand.IncrementalAlterConfigs(
                                List.of(
                                        new Alteration(
                                                ConfigResource.topic("orders"),
                                                List.of(new Change.Set("a", "1")))),
                                ConfigCommand.Origin.CLIENT,
                                false)),
                new RegionCommand.ClaimOwnership(
                        new DomainName("d"), US, 0, Ownership.Mode.STEADY, "asked"),
                new RegionCommand.ObserveOwnership(List.of(OWNED), "seen"),
                new RegionCommand.RegisterController(
                        100_001,
                        new TreeMap<>(
                                Map.of("f", new BrokerRegistration.Levels((short) 1, (short) 2)))),
                new BrokerCommand.DrainBroker(2, new Drain(Drain.Goal.LEAVE, "too old")),
                new LinkCommand.DefineLink(new LinkDefined(LINK, TOPIC, EU, US, settings)),
                new LinkCommand.PauseLink(LINK),
                new LinkCommand.ResumeLink(LINK),
                new LinkCommand.RemoveLink(LINK),
                new LinkCommand.CreateMirrorTopic(LINK, "orders", TOPIC, 3, settings),
                new LinkCommand.RestartMirrorTopic(
                        new LinkCommand.CreateMirrorTopic(LINK, "orders", TOPIC, 3, settings),
                        new Uuid(4, 5)),
                new LinkCommand.GrowMirrorTopic(LINK, "orders", 5),
                new LinkCommand.SetMirrorTopicState(
                        LINK, "orders", MirrorTopic.State.PAUSED, "why"),
                new LinkCommand.RaiseLeaderEpochs(epochs),
                new LinkCommand.RecordGaps(
                        new TreeMap<>(Map.of(epochs.firstKey(), new MirrorTopic.Gap(50, 90)))),
                new LinkCommand.BeginPromotion(LINK, "failover"),
                new LinkCommand.CompletePromotion(LINK, 7),
                new LinkCommand.SettleMirrorPartitions(
                        LINK,
                        7,
                        new TreeMap<>(
                                Map.of(
                                        epochs.firstKey(),
                                        new LinkCommand.Settled(
                                                3, new CopyEnd(500, 2, -1, false), open)))),
                new LinkCommand.AbortMirrorTransactions(
                        LINK,
                        7,
                        new TreeMap<>(
                                Map.of(
                                        epochs.firstKey(),
                                        new LinkCommand.Aborting(3, open, true)))),
                new LinkCommand.CompareMirrorTransactions(
                        LINK,
                        7,
                        new TreeMap<>(
                                Map.of(
                                        epochs.firstKey(),
                                        new LinkCommand.Compared(
                                                3,
                                                List.of(new TornTransaction(4711, 2, -1, 90)))))),
                new LinkCommand.BeginReturn(
                        LINK,
                        7,
                        new TreeMap<>(
                                Map.of(
                                        TOPIC,
                                        new TreeMap<>(Map.of(1, new CopyEnd(500, 2, -1, true)))))),
                new LinkCommand.ReportDivergence(
                        LINK,
                        7,
                        new TreeMap<>(
                                Map.of(
                                        epochs.firstKey(),
                                        new LinkCommand.Diverged(
                                                3, new Divergence(4, 5, 9, 3, 99, 1, 2))))),
                new LinkCommand.ConfirmExport(
                        LINK, 7, new TreeMap<>(Map.of(epochs.firstKey(), "there"))),
                new LinkCommand.ConfirmCut(LINK, 7, 2, new TreeSet<>(epochs.keySet())),
                new LinkCommand.ClampMirrorOffsets(
                        LINK,
                        7,
                        49,
                        2,
                        new LinkCommand.Clamped(
                                new TreeSet<>(List.of(TOPIC)),
                                List.of(new ClampedPosition("billing", TOPIC, 1, 9, 5)))));
    }

    static Stream<Answer<?>> answers() {
        var created = new CreatedTopic(TOPIC, 3, 1);
        var refusal = new Refusal(Errors.TOPIC_ALREADY_EXISTS, "there is one");
        var partitions =
                new TreeSet<>(List.of(new PartitionId(TOPIC, 0), new PartitionId(TOPIC, 1)));
        return Stream.of(
                new Answer.Done<>(new Applied()),
                refusal.answer(),
                new Answer.Done<>(created),
                new Answer.Done<>(OWNED),
                new Answer.Done<>(List.of(new OwnershipRecord(OWNED, "seen"))),
                new Answer.Done<>(partitions),
                new Answer.Done<>(
                        new LinkCommand.Promotion(new TreeSet<>(List.of(TOPIC)), partitions)),
                new Answer.Done<>(
                        Map.of(
                                "a",
                                new Answer.Done<>(created),
                                "b",
                                refusal.<CreatedTopic>answer())),
                new Answer.Done<>(
                        Map.of(ConfigResource.topic("a"), new Answer.Done<>(new Applied()))));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandComesBackAsItWas(Command<?> command) {
        var letter = new CommandCodec.Addressed(7, command);
        ByteBuffer bytes = CommandCodec.encode(letter).orElseThrow();

        assertThat(CommandCodec.holdsCommand(bytes)).isTrue();
        assertThat(CommandCodec.decode(bytes)).isEqualTo(letter);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void anAnswerComesBackAsItWas(Answer<?> answer) {
        Answer<?> decoded = AnswerCodec.<Object>decode(ByteBuffer.wrap(AnswerCodec.encode(answer)));

        assertThat(decoded).isEqualTo(answer);
    }

    @Test
    void whatTheControllerDoesByItselfIsNotHandedOn() {
        var letter = new CommandCodec.Addressed(7, new RegionCommand.FormatRegion());

        assertThat(CommandCodec.encode(letter)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandThatIsCutShortIsUnreadable(Command<?> command) {
        var letter = new CommandCodec.Addressed(7, command);
        ByteBuffer bytes = CommandCodec.encode(letter).orElseThrow();

        for (int length = 0; length < bytes.limit(); length++) {
            ByteBuffer cut = bytes.slice(0, length);
            assertThatThrownBy(() -> CommandCodec.decode(cut)).isInstanceOf(UnreadableRecord.class);
        }
    }
}
