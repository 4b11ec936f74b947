package io.tombolo.broker.quorum;

import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.Replacement;
import io.tombolo.controller.command.HandoverCommand;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration.Levels;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.FieldReader;
import io.tombolo.metadata.record.FieldWriter;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.UnreadableRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.Uuid;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Commands that Kafka has no request for, in the fields of metadata records. They travel inside an
 * Envelope, in the place of a request: the first two bytes are {@link #API}, which no API of Kafka
 * has. Then come a version, the kind of the command and its fields. Pure.
 */
final class CommandCodec {

    /** In the place of an API key. */
    static final short API = -1;

    private static final int VERSION = 1;

    /** The kinds; numbers are never given twice. */
    private enum Kind {
        CREATE_TOPICS,
        ALTER_CONFIGS,
        CLAIM_OWNERSHIP,
        OBSERVE_OWNERSHIP,
        DEFINE_LINK,
        PAUSE_LINK,
        RESUME_LINK,
        REMOVE_LINK,
        CREATE_MIRROR_TOPIC,
        GROW_MIRROR_TOPIC,
        SET_MIRROR_TOPIC_STATE,
        RAISE_LEADER_EPOCHS,
        BEGIN_PROMOTION,
        COMPLETE_PROMOTION,
        REPLACE_CONFIGS,
        DRAIN_BROKER,
        SETTLE_MIRROR_PARTITIONS,
        CLAMP_MIRROR_OFFSETS,
        ABORT_MIRROR_TRANSACTIONS,
        RECEIPTED,
        REGISTER_CONTROLLER,
        BEGIN_RETURN,
        REPORT_DIVERGENCE,
        CONFIRM_EXPORT,
        CONFIRM_CUT,
        COMPARE_MIRROR_TRANSACTIONS,
        HANDOVER,
        RECORD_GAPS,
        RESTART_MIRROR_TOPIC
    }

    /**
     * A command, and the epoch of the controller that it is for: one that is late may have been
     * taken for lost, and the next controller be asked.
     */
    record Addressed(int controllerEpoch, Command<?> command) {}

    private CommandCodec() {}

    /** Whether an envelope holds a command and no request of a client. */
    static boolean holdsCommand(ByteBuffer envelope) {
        return envelope.remaining() >= Short.BYTES && envelope.getShort(envelope.position()) == API;
    }

    /** The bytes of a command; empty for one that brokers do not hand on. */
    static Optional<ByteBuffer> encode(Addressed letter) {
        var to = new FieldWriter().number(VERSION).number(letter.controllerEpoch());
        boolean handedOn =
                switch (letter.command()) {
                    case TopicCommand.CreateTopics create -> topics(to, create);
                    case ConfigCommand.IncrementalAlterConfigs alter -> configs(to, alter);
                    case ConfigCommand.AlterConfigs replace -> configs(to, replace);
                    case ConfigCommand.Receipted receipted -> receipted(to, receipted);
                    case RegionCommand.ClaimOwnership claim -> claim(to, claim);
                    case RegionCommand.ObserveOwnership observe -> observe(to, observe);
                    case RegionCommand.RegisterController register -> register(to, register);
                    case LinkCommand<?> link -> link(to, link);
                    case HandoverCommand<?> handover ->
                            PromotionCodec.write(handover, kind(to, Kind.HANDOVER));
                    case BrokerCommand.DrainBroker drain -> drain(to, drain);
                    default -> false;
                };
        if (!handedOn) {
            return Optional.empty();
        }
        byte[] fields = to.toBytes();
        return Optional.of(
                ByteBuffer.allocate(Short.BYTES + fields.length).putShort(API).put(fields).flip());
    }

    private static FieldWriter kind(FieldWriter to, Kind kind) {
        return to.number(kind.ordinal());
    }

    private static boolean topics(FieldWriter to, TopicCommand.CreateTopics create) {
        kind(to, Kind.CREATE_TOPICS)
                .list(create.topics(), CommandCodec::topic)
                .flag(create.validateOnly());
        return true;
    }

    private static void topic(FieldWriter to, NewTopic topic) {
        to.string(topic.name())
                .number(topic.partitionCount())
                .number(topic.replicationFactor())
                .list(
                        List.copyOf(topic.assignments().entrySet()),
                        (FieldWriter out, Map.Entry<Integer, List<Integer>> one) ->
                                out.number(one.getKey())
                                        .list(
                                                one.getValue(),
                                                (FieldWriter ids, Integer id) -> ids.number(id)))
                .strings(topic.configs());
    }

    private static boolean configs(FieldWriter to, ConfigCommand.IncrementalAlterConfigs alter) {
        kind(to, Kind.ALTER_CONFIGS)
                .list(alter.resources(), CommandCodec::alteration)
                .number(alter.origin().ordinal())
                .flag(alter.validateOnly());
        return true;
    }

    private static boolean configs(FieldWriter to, ConfigCommand.AlterConfigs replace) {
        kind(to, Kind.REPLACE_CONFIGS)
                .list(
                        replace.resources(),
                        (FieldWriter out, Replacement one) -> {
                            AnswerCodec.resource(out, one.resource());
                            out.strings(one.configs());
                        })
                .flag(replace.validateOnly());
        return true;
    }

    private static boolean receipted(FieldWriter to, ConfigCommand.Receipted receipted) {
        kind(to, Kind.RECEIPTED).uuid(receipted.ticket());
        return switch (receipted.change()) {
            case ConfigCommand.IncrementalAlterConfigs alter -> configs(to, alter);
            case ConfigCommand.AlterConfigs replace -> configs(to, replace);
        };
    }

    private static void alteration(FieldWriter to, Alteration alteration) {
        AnswerCodec.resource(to, alteration.resource());
        to.list(alteration.changes(), CommandCodec::change);
    }

    private static void change(FieldWriter to, Change change) {
        switch (change) {
            case Change.Set(String key, String value) -> to.number(0).string(key).string(value);
            case Change.Delete(String key) -> to.number(1).string(key).string("");
            case Change.Append(String key, String items) -> to.number(2).string(key).string(items);
            case Change.Subtract(String key, String items) ->
                    to.number(3).string(key).string(items);
        }
    }

    private static boolean claim(FieldWriter to, RegionCommand.ClaimOwnership claim) {
        kind(to, Kind.CLAIM_OWNERSHIP)
                .string(claim.domain().name())
                .string(claim.region().name())
                .number(claim.expectedEpoch())
                .number(claim.mode().ordinal())
                .string(claim.cause());
        return true;
    }

    private static boolean observe(FieldWriter to, RegionCommand.ObserveOwnership observe) {
        kind(to, Kind.OBSERVE_OWNERSHIP)
                .list(observe.remote(), AnswerCodec::ownership)
                .string(observe.cause());
        return true;
    }

    private static boolean register(FieldWriter to, RegionCommand.RegisterController register) {
        kind(to, Kind.REGISTER_CONTROLLER)
                .number(register.controllerId())
                .list(
                        List.copyOf(register.features().entrySet()),
                        (FieldWriter out, Map.Entry<String, Levels> one) ->
                                out.string(one.getKey())
                                        .number(one.getValue().min())
                                        .number(one.getValue().max()));
        return true;
    }

    private static RegionCommand.RegisterController register(FieldReader from) {
        int controllerId = from.smallNumber();
        var features = new TreeMap<String, Levels>();
        from.list(
                3,
                one -> {
                    String name = one.string();
                    var levels = new Levels(one.shortNumber(), one.shortNumber());
                    return features.put(name, levels) == null;
                });
        return new RegionCommand.RegisterController(controllerId, features);
    }

    private static boolean drain(FieldWriter to, BrokerCommand.DrainBroker drain) {
        kind(to, Kind.DRAIN_BROKER)
                .number(drain.brokerId())
                .number(drain.drain().goal().ordinal())
                .string(drain.drain().cause());
        return true;
    }

    private static boolean link(FieldWriter to, LinkCommand<?> command) {
        switch (command) {
            case LinkCommand.DefineLink(LinkDefined defined) ->
                    kind(to, Kind.DEFINE_LINK)
                            .string(defined.link().name())
                            .uuid(defined.linkId())
                            .string(defined.sourceRegion().name())
                            .string(defined.destinationRegion().name())
                            .strings(defined.settings());
            case LinkCommand.PauseLink(LinkName link) ->
                    kind(to, Kind.PAUSE_LINK).string(link.name());
            case LinkCommand.ResumeLink(LinkName link) ->
                    kind(to, Kind.RESUME_LINK).string(link.name());
            case LinkCommand.RemoveLink(LinkName link) ->
                    kind(to, Kind.REMOVE_LINK).string(link.name());
            case LinkCommand.CreateMirrorTopic create ->
                    newMirror(kind(to, Kind.CREATE_MIRROR_TOPIC), create);
            case LinkCommand.RestartMirrorTopic(var copy, Uuid left) ->
                    newMirror(kind(to, Kind.RESTART_MIRROR_TOPIC), copy).uuid(left);
            case LinkCommand.GrowMirrorTopic(LinkName link, String topic, int count) ->
                    kind(to, Kind.GROW_MIRROR_TOPIC)
                            .string(link.name())
                            .string(topic)
                            .number(count);
            case LinkCommand.SetMirrorTopicState set ->
                    kind(to, Kind.SET_MIRROR_TOPIC_STATE)
                            .string(set.link().name())
                            .string(set.topic())
                            .number(set.state().ordinal())
                            .string(set.reason());
            case LinkCommand.RaiseLeaderEpochs raise ->
                    epochs(kind(to, Kind.RAISE_LEADER_EPOCHS), raise.atLeast());
            case LinkCommand.RecordGaps record -> gaps(kind(to, Kind.RECORD_GAPS), record.gaps());
            case LinkCommand.BeginPromotion(LinkName link, String cause) ->
                    kind(to, Kind.BEGIN_PROMOTION).string(link.name()).string(cause);
            case LinkCommand.SettleMirrorPartitions settle ->
                    PromotionCodec.write(settle, kind(to, Kind.SETTLE_MIRROR_PARTITIONS));
            case LinkCommand.ClampMirrorOffsets clamp ->
                    PromotionCodec.write(clamp, kind(to, Kind.CLAMP_MIRROR_OFFSETS));
            case LinkCommand.AbortMirrorTransactions abort ->
                    PromotionCodec.write(abort, kind(to, Kind.ABORT_MIRROR_TRANSACTIONS));
            case LinkCommand.CompareMirrorTransactions compare ->
                    PromotionCodec.write(compare, kind(to, Kind.COMPARE_MIRROR_TRANSACTIONS));
            case LinkCommand.BeginReturn begin ->
                    PromotionCodec.write(begin, kind(to, Kind.BEGIN_RETURN));
            case LinkCommand.ReportDivergence report ->
                    PromotionCodec.write(report, kind(to, Kind.REPORT_DIVERGENCE));
            case LinkCommand.ConfirmExport export ->
                    PromotionCodec.write(export, kind(to, Kind.CONFIRM_EXPORT));
            case LinkCommand.ConfirmCut cut ->
                    PromotionCodec.write(cut, kind(to, Kind.CONFIRM_CUT));
            case LinkCommand.CompletePromotion(LinkName link, long ownershipEpoch) ->
                    kind(to, Kind.COMPLETE_PROMOTION).string(link.name()).number(ownershipEpoch);
        }
        return true;
    }

    private static void epochs(FieldWriter to, SortedMap<PartitionId, Integer> epochs) {
        to.list(
                List.copyOf(epochs.entrySet()),
                (FieldWriter out, Map.Entry<PartitionId, Integer> one) -> {
                    AnswerCodec.partition(out, one.getKey());
                    out.number(one.getValue());
                });
    }

    private static FieldWriter newMirror(FieldWriter to, LinkCommand.CreateMirrorTopic create) {
        return to.string(create.link().name())
                .string(create.topic())
                .uuid(create.sourceTopicId())
                .number(create.partitionCount())
                .list(create.starts(), FieldWriter::number)
                .strings(create.configs());
    }

    private static void gaps(FieldWriter to, SortedMap<PartitionId, MirrorTopic.Gap> gaps) {
        to.list(
                List.copyOf(gaps.entrySet()),
                (FieldWriter out, Map.Entry<PartitionId, MirrorTopic.Gap> one) -> {
                    AnswerCodec.partition(out, one.getKey());
                    out.number(one.getValue().fromOffset()).number(one.getValue().toOffset());
                });
    }

    /**
     * Reads a command.
     *
     * @throws UnreadableRecord when the bytes are none of this version
     */
    static Addressed decode(ByteBuffer bytes) {
        ByteBuffer fields = bytes.slice();
        if (!holdsCommand(fields)) {
            throw new UnreadableRecord("no command");
        }
        var from = new FieldReader(fields.position(Short.BYTES).slice());
        int version = from.smallNumber();
        if (version != VERSION) {
            throw new UnreadableRecord(
                    "a command of version %d is not known here".formatted(version));
        }
        try {
            int epoch = from.smallNumber();
            return new Addressed(epoch, read(at(Kind.values(), from), from));
        } catch (IllegalArgumentException impossible) {
            throw new UnreadableRecord(String.valueOf(impossible.getMessage()), impossible);
        }
    }

    private static Command<?> read(Kind kind, FieldReader from) {
        return switch (kind) {
            case CREATE_TOPICS ->
                    new TopicCommand.CreateTopics(from.list(5, CommandCodec::topic), from.flag());
            case ALTER_CONFIGS ->
                    new ConfigCommand.IncrementalAlterConfigs(
                            from.list(3, CommandCodec::alteration),
                            at(ConfigCommand.Origin.values(), from),
                            from.flag());
            case REPLACE_CONFIGS ->
                    new ConfigCommand.AlterConfigs(
                            from.list(
                                    3,
                                    one ->
                                            new Replacement(
                                                    AnswerCodec.resource(one), one.strings())),
                            from.flag());
            case CLAIM_OWNERSHIP -> claim(from);
            case REGISTER_CONTROLLER -> register(from);
            case OBSERVE_OWNERSHIP ->
                    new RegionCommand.ObserveOwnership(
                            from.list(4, AnswerCodec::ownership), from.string());
            case DEFINE_LINK ->
                    new LinkCommand.DefineLink(
                            new LinkDefined(
                                    link(from),
                                    from.uuid(),
                                    new RegionId(from.string()),
                                    new RegionId(from.string()),
                                    from.strings()));
            case PAUSE_LINK -> new LinkCommand.PauseLink(link(from));
            case RESUME_LINK -> new LinkCommand.ResumeLink(link(from));
            case REMOVE_LINK -> new LinkCommand.RemoveLink(link(from));
            case CREATE_MIRROR_TOPIC -> newMirror(from);
            case RESTART_MIRROR_TOPIC ->
                    new LinkCommand.RestartMirrorTopic(newMirror(from), from.uuid());
            case GROW_MIRROR_TOPIC ->
                    new LinkCommand.GrowMirrorTopic(link(from), from.string(), from.smallNumber());
            case SET_MIRROR_TOPIC_STATE -> topicState(from);
            case RAISE_LEADER_EPOCHS -> new LinkCommand.RaiseLeaderEpochs(epochs(from));
            case RECORD_GAPS -> new LinkCommand.RecordGaps(gaps(from));
            case BEGIN_PROMOTION -> new LinkCommand.BeginPromotion(link(from), from.string());
            case DRAIN_BROKER ->
                    new BrokerCommand.DrainBroker(
                            from.smallNumber(),
                            new Drain(at(Drain.Goal.values(), from), from.string()));
            case COMPLETE_PROMOTION -> new LinkCommand.CompletePromotion(link(from), from.number());
            case SETTLE_MIRROR_PARTITIONS -> PromotionCodec.readSettle(from);
            case CLAMP_MIRROR_OFFSETS -> PromotionCodec.readClamp(from);
            case ABORT_MIRROR_TRANSACTIONS -> PromotionCodec.readAbort(from);
            case COMPARE_MIRROR_TRANSACTIONS -> PromotionCodec.readCompare(from);
            case RECEIPTED -> receipted(from);
            case BEGIN_RETURN, REPORT_DIVERGENCE, CONFIRM_EXPORT, CONFIRM_CUT, HANDOVER ->
                    returning(kind, from);
        };
    }

    private static LinkCommand.SetMirrorTopicState topicState(FieldReader from) {
        return new LinkCommand.SetMirrorTopicState(
                link(from), from.string(), at(MirrorTopic.State.values(), from), from.string());
    }

    private static Command<?> returning(Kind kind, FieldReader from) {
        return switch (kind) {
            case BEGIN_RETURN -> PromotionCodec.readBegin(from);
            case REPORT_DIVERGENCE -> PromotionCodec.readReport(from);
            case CONFIRM_EXPORT -> PromotionCodec.readExport(from);
            case HANDOVER -> PromotionCodec.readHandover(from);
            default -> PromotionCodec.readCut(from);
        };
    }

    private static ConfigCommand.Receipted receipted(FieldReader from) {
        Uuid ticket = from.uuid();
        Kind kind = at(Kind.values(), from);
        boolean ofConfigs = kind == Kind.ALTER_CONFIGS || kind == Kind.REPLACE_CONFIGS;
        if (ofConfigs && read(kind, from) instanceof ConfigCommand.Alter change) {
            return new ConfigCommand.Receipted(ticket, change);
        }
        throw new UnreadableRecord("a receipt is for a change of configs, not for " + kind);
    }

    private static RegionCommand.ClaimOwnership claim(FieldReader from) {
        return new RegionCommand.ClaimOwnership(
                new DomainName(from.string()),
                new RegionId(from.string()),
                from.number(),
                at(Ownership.Mode.values(), from),
                from.string());
    }

    private static LinkName link(FieldReader from) {
        return new LinkName(from.string());
    }

    private static NewTopic topic(FieldReader from) {
        String name = from.string();
        int partitionCount = from.smallNumber();
        int replicationFactor = from.smallNumber();
        var assignments = new TreeMap<Integer, List<Integer>>();
        from.list(
                2,
                one ->
                        assignments.put(one.smallNumber(), one.list(1, FieldReader::smallNumber))
                                == null);
        return new NewTopic(name, partitionCount, replicationFactor, assignments, from.strings());
    }

    private static Alteration alteration(FieldReader from) {
        ConfigResource resource = AnswerCodec.resource(from);
        return new Alteration(resource, from.list(3, CommandCodec::change));
    }

    private static Change change(FieldReader from) {
        int operation = from.smallNumber();
        String key = from.string();
        String value = from.string();
        return switch (operation) {
            case 0 -> new Change.Set(key, value);
            case 1 -> new Change.Delete(key);
            case 2 -> new Change.Append(key, value);
            case 3 -> new Change.Subtract(key, value);
            default -> throw new UnreadableRecord("config operation " + operation);
        };
    }

    private static SortedMap<PartitionId, Integer> epochs(FieldReader from) {
        var epochs = new TreeMap<PartitionId, Integer>();
        from.list(18, one -> epochs.put(AnswerCodec.partition(one), one.smallNumber()) == null);
        return epochs;
    }

    private static LinkCommand.CreateMirrorTopic newMirror(FieldReader from) {
        return new LinkCommand.CreateMirrorTopic(
                link(from),
                from.string(),
                from.uuid(),
                from.smallNumber(),
                from.list(1, FieldReader::number),
                from.strings());
    }

    private static SortedMap<PartitionId, MirrorTopic.Gap> gaps(FieldReader from) {
        var gaps = new TreeMap<PartitionId, MirrorTopic.Gap>();
        from.list(
                19,
                one ->
                        gaps.put(
                                        AnswerCodec.partition(one),
                                        new MirrorTopic.Gap(one.number(), one.number()))
                                == null);
        return gaps;
    }

    /** The constant with the number that comes next. */
    static <T> T at(T[] constants, FieldReader from) {
        int index = from.smallNumber();
        if (index < 0 || index >= constants.length) {
            throw new UnreadableRecord("there is no constant number " + index);
        }
        return constants[index];
    }
}
