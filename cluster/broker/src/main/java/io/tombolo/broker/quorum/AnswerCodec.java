package io.tombolo.broker.quorum;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.LinkCommand.Promotion;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.FieldReader;
import io.tombolo.metadata.record.FieldWriter;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.UnreadableRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Answers to the commands of {@link CommandCodec}. Each value is preceded by its kind, so that the
 * shape of an answer need not be told twice. Pure.
 */
final class AnswerCodec {

    /** What a value is; numbers are never given twice. */
    private enum Kind {
        DONE,
        REFUSED,
        APPLIED,
        CREATED_TOPIC,
        OWNERSHIP,
        OWNERSHIP_RECORD,
        PROMOTION,
        PARTITION,
        TEXT,
        CONFIG_RESOURCE,
        MAP,
        SORTED_SET,
        LIST
    }

    private AnswerCodec() {}

    static byte[] encode(Answer<?> answer) {
        var to = new FieldWriter();
        value(to, answer);
        return to.toBytes();
    }

    /**
     * Reads the answer to a command whose answer is an {@code A}.
     *
     * @throws UnreadableRecord when the bytes are no answer
     */
    @SuppressWarnings("unchecked")
    static <A> Answer<A> decode(ByteBuffer bytes) {
        try {
            if (value(new FieldReader(bytes.slice())) instanceof Answer<?> answer) {
                // The controller's own answer to the very command: of the type that it declares.
                return (Answer<A>) answer;
            }
        } catch (IllegalArgumentException impossible) {
            throw new UnreadableRecord(String.valueOf(impossible.getMessage()), impossible);
        }
        throw new UnreadableRecord("no answer");
    }

    private static void value(FieldWriter to, Object value) {
        switch (value) {
            case Answer.Done<?>(Object inner) -> value(kind(to, Kind.DONE), inner);
            case Answer.Refused<?>(Refusal refusal) ->
                    kind(to, Kind.REFUSED).number(refusal.error().code()).string(refusal.message());
            case Applied() -> kind(to, Kind.APPLIED);
            case CreatedTopic created ->
                    kind(to, Kind.CREATED_TOPIC)
                            .uuid(created.topicId())
                            .number(created.partitionCount())
                            .number(created.replicationFactor());
            case Ownership ownership -> ownership(kind(to, Kind.OWNERSHIP), ownership);
            case OwnershipRecord(Ownership ownership, String cause) -> {
                ownership(kind(to, Kind.OWNERSHIP_RECORD), ownership);
                to.string(cause);
            }
            case Promotion promotion ->
                    kind(to, Kind.PROMOTION)
                            .uuids(List.copyOf(promotion.stopped()))
                            .list(List.copyOf(promotion.waiting()), AnswerCodec::partition);
            case PartitionId partition -> partition(kind(to, Kind.PARTITION), partition);
            case String text -> kind(to, Kind.TEXT).string(text);
            case ConfigResource resource -> resource(kind(to, Kind.CONFIG_RESOURCE), resource);
            case Map<?, ?> map ->
                    kind(to, Kind.MAP)
                            .list(
                                    List.copyOf(map.entrySet()),
                                    (FieldWriter out, Map.Entry<?, ?> entry) -> {
                                        value(out, entry.getKey());
                                        value(out, entry.getValue());
                                    });
            case SortedSet<?> set ->
                    kind(to, Kind.SORTED_SET).list(List.copyOf(set), AnswerCodec::value);
            case List<?> list -> kind(to, Kind.LIST).list(list, AnswerCodec::value);
            default ->
                    throw new IllegalArgumentException(
                            "no form for an answer with a " + value.getClass().getName());
        }
    }

    private static FieldWriter kind(FieldWriter to, Kind kind) {
        return to.number(kind.ordinal());
    }

    private static Object value(FieldReader from) {
        return switch (CommandCodec.at(Kind.values(), from)) {
            case DONE -> new Answer.Done<>(value(from));
            case REFUSED -> new Refusal(Errors.forCode(from.shortNumber()), from.string()).answer();
            case APPLIED -> new Applied();
            case CREATED_TOPIC ->
                    new CreatedTopic(from.uuid(), from.smallNumber(), from.smallNumber());
            case OWNERSHIP -> ownership(from);
            case OWNERSHIP_RECORD -> new OwnershipRecord(ownership(from), from.string());
            case PROMOTION ->
                    new Promotion(
                            new TreeSet<Uuid>(from.uuids()),
                            new TreeSet<>(from.list(17, AnswerCodec::partition)));
            case PARTITION -> partition(from);
            case TEXT -> from.string();
            case CONFIG_RESOURCE -> resource(from);
            case MAP -> {
                var map = new LinkedHashMap<Object, Object>();
                from.list(2, one -> map.put(value(one), value(one)) == null);
                yield map;
            }
            case SORTED_SET -> new TreeSet<>(from.list(1, AnswerCodec::value));
            case LIST -> from.list(1, AnswerCodec::value);
        };
    }

    static void ownership(FieldWriter to, Ownership ownership) {
        to.string(ownership.domain().name())
                .string(ownership.owner().name())
                .number(ownership.epoch())
                .number(ownership.mode().ordinal())
                .list(
                        ownership.takeover().stream().toList(),
                        (out, taken) -> out.string(taken.from().name()).string(taken.patterns()));
    }

    static Ownership ownership(FieldReader from) {
        return new Ownership(
                new DomainName(from.string()),
                new RegionId(from.string()),
                from.number(),
                CommandCodec.at(Ownership.Mode.values(), from),
                from
                        .list(2, taken -> Takeover.of(new RegionId(taken.string()), taken.string()))
                        .stream()
                        .findFirst());
    }

    static void partition(FieldWriter to, PartitionId partition) {
        to.uuid(partition.topicId()).number(partition.index());
    }

    static PartitionId partition(FieldReader from) {
        return new PartitionId(from.uuid(), from.smallNumber());
    }

    static void resource(FieldWriter to, ConfigResource resource) {
        to.number(resource.type().code()).string(resource.name());
    }

    static ConfigResource resource(FieldReader from) {
        return new ConfigResource(ConfigResource.Type.ofCode(from.smallNumber()), from.string());
    }
}
