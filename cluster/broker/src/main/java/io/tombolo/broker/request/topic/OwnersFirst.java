package io.tombolo.broker.request.topic;

import io.tombolo.broker.Commands;
import io.tombolo.broker.quorum.Forwarding;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand.AlterConfigs;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Lets no client change a topic of a link before this broker knows who owns it: a region that was
 * away during a failover would follow an ownership that is over. A request that names such a topic
 * is refused as a whole, with NOT_CONTROLLER, on which clients ask again. Callable from any loop.
 *
 * @param metadata tell the names of topics that are named by their ids
 * @param undecided whether it is not known yet who owns a topic of this name
 */
public record OwnersFirst(
        Commands sound, Supplier<MetadataImage> metadata, Predicate<String> undecided)
        implements Commands {

    /** What is made or changed on behalf of a client by this broker itself. */
    @Override
    public <A> void submit(Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
        if (named(command).anyMatch(undecided)) {
            refuse(replyTo, answered);
        } else {
            sound.submit(command, replyTo, answered);
        }
    }

    private static Stream<String> named(Command<?> command) {
        return switch (command) {
            case CreateTopics create -> create.topics().stream().map(topic -> topic.name());
            case AlterConfigs alter ->
                    topics(alter.resources().stream().map(one -> one.resource()));
            case IncrementalAlterConfigs alter ->
                    topics(alter.resources().stream().map(one -> one.resource()));
            default -> Stream.of();
        };
    }

    private static Stream<String> topics(Stream<ConfigResource> resources) {
        return resources
                .filter(resource -> resource.type() == ConfigResource.Type.TOPIC)
                .map(ConfigResource::name);
    }

    /** The requests that go to the controller, wherever that is. */
    public RequestHandler<CreateTopicsRequestData> creating(
            Forwarding forwarding, Function<Commands, RequestHandler<CreateTopicsRequestData>> to) {
        return guarded(
                forwarding.of(ApiKeys.CREATE_TOPICS, to),
                to,
                body -> body.topics().stream().map(topic -> topic.name()));
    }

    public RequestHandler<CreatePartitionsRequestData> growing(
            Forwarding forwarding,
            Function<Commands, RequestHandler<CreatePartitionsRequestData>> to) {
        return guarded(
                forwarding.of(ApiKeys.CREATE_PARTITIONS, to),
                to,
                body -> body.topics().stream().map(topic -> topic.name()));
    }

    public RequestHandler<DeleteTopicsRequestData> deleting(
            Forwarding forwarding, Function<Commands, RequestHandler<DeleteTopicsRequestData>> to) {
        return guarded(forwarding.of(ApiKeys.DELETE_TOPICS, to), to, this::deleted);
    }

    private Stream<String> deleted(DeleteTopicsRequestData body) {
        Stream<String> byName =
                body.topics().stream().map(topic -> topic.name()).filter(Objects::nonNull);
        Stream<String> byId =
                body.topics().stream()
                        .flatMap(topic -> metadata.get().topics().topic(topic.topicId()).stream())
                        .map(TopicImage::name);
        return Stream.of(byName, byId, body.topicNames().stream()).flatMap(names -> names);
    }

    private <T extends ApiMessage> RequestHandler<T> guarded(
            RequestHandler<T> handler,
            Function<Commands, RequestHandler<T>> maker,
            Function<T, Stream<String>> names) {
        RequestHandler<T> refusing = maker.apply(new Asking());
        return (exchange, body) -> {
            boolean asking = names.apply(body).anyMatch(undecided);
            (asking ? refusing : handler).handle(exchange, body);
        };
    }

    private static <A> void refuse(EventLoop replyTo, Consumer<Answer<A>> answered) {
        Answer<A> refusal =
                new Refusal(
                                Errors.NOT_CONTROLLER,
                                "The other regions are asked first who owns the topics of links;"
                                        + " nothing was changed. Ask again in some seconds.")
                        .answer();
        Shards.run(replyTo, () -> answered.accept(refusal));
    }

    /** Refuses everything. */
    private static final class Asking implements Commands {

        @Override
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            refuse(replyTo, answered);
        }
    }
}
