package io.tombolo.broker.link;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.request.Answers;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.LinkAdmin;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What links may change in the metadata, as commands to the controller. */
record CommandLinkAdmin(Images images, Commands commands, EventLoop loop) implements LinkAdmin {

    @Override
    public List<MirrorTopic> mirrorTopics(LinkName link) {
        MetadataImage image = images.current();
        var topics = new TreeMap<String, MirrorTopic>();
        for (Uuid id : image.links().topicsOf(link)) {
            Optional<TopicImage> topic = image.topics().topic(id);
            Optional<MirrorRegistration> mirror = image.links().mirrorTopic(id);
            if (topic.isPresent() && mirror.isPresent()) {
                topics.put(topic.get().name(), describe(image, topic.get(), mirror.get()));
            }
        }
        return List.copyOf(topics.values());
    }

    private static MirrorTopic describe(
            MetadataImage image, TopicImage topic, MirrorRegistration mirror) {
        return new MirrorTopic(
                topic.name(),
                topic.id(),
                mirror.origin(),
                topic.partitions().count(),
                mirror.state(),
                image.configs().of(ConfigResource.topic(topic.name())),
                mirror.followed());
    }

    @Override
    public void createMirrorTopic(NewMirrorTopic topic, Consumer<Answer> answer) {
        submit(creation(topic), answer);
    }

    @Override
    public void restartMirrorTopic(NewMirrorTopic topic, Uuid left, Consumer<Answer> answer) {
        submit(new LinkCommand.RestartMirrorTopic(creation(topic), left), answer);
    }

    private static LinkCommand.CreateMirrorTopic creation(NewMirrorTopic topic) {
        return new LinkCommand.CreateMirrorTopic(
                topic.link(),
                topic.name(),
                topic.sourceTopicId(),
                topic.partitionCount(),
                topic.starts(),
                topic.configs());
    }

    @Override
    public void growMirrorTopic(
            LinkName link, String topic, int partitionCount, Consumer<Answer> answer) {
        submit(new LinkCommand.GrowMirrorTopic(link, topic, partitionCount), answer);
    }

    @Override
    public void setMirrorConfigs(
            LinkName link,
            String topic,
            SortedMap<String, Optional<String>> changes,
            Consumer<Answer> answer) {
        var resource = ConfigResource.topic(topic);
        var alterations = new ArrayList<Change>();
        changes.forEach((key, value) ->
                alterations.add(
                        value.<Change>map(text -> new Change.Set(key, text))
                                .orElseGet(() -> new Change.Delete(key))));
        commands.submit(
                new ConfigCommand.IncrementalAlterConfigs(
                        List.of(new Alteration(resource, alterations)),
                        ConfigCommand.Origin.LINK,
                        false),
                loop,
                whole -> answer.accept(outcome(Answers.part(whole, resource))));
    }

    @Override
    public void setMirrorState(
            LinkName link,
            String topic,
            MirrorTopic.State state,
            Optional<Reason> reason,
            Consumer<Answer> answer) {
        submit(
                new LinkCommand.SetMirrorTopicState(
                        link, topic, state, reason.map(Reason::toString).orElse("")),
                answer);
    }

    @Override
    public void raiseLeaderEpochs(Map<LinkPartition, Integer> atLeast, Consumer<Answer> answer) {
        var epochs = new TreeMap<PartitionId, Integer>();
        atLeast.forEach((partition, epoch) ->
                epochs.put(new PartitionId(partition.topicId(), partition.partition()), epoch));
        submit(new LinkCommand.RaiseLeaderEpochs(epochs), answer);
    }

    @Override
    public void recordGaps(Map<LinkPartition, MirrorTopic.Gap> gaps, Consumer<Answer> answer) {
        var recorded = new TreeMap<PartitionId, MirrorTopic.Gap>();
        gaps.forEach((partition, gap) ->
                recorded.put(new PartitionId(partition.topicId(), partition.partition()), gap));
        submit(new LinkCommand.RecordGaps(recorded), answer);
    }

    private <A> void submit(Command<A> command, Consumer<Answer> answer) {
        commands.submit(command, loop, decided -> answer.accept(outcome(decided)));
    }

    private static <A> Answer outcome(io.tombolo.controller.command.Answer<A> decided) {
        return switch (decided) {
            case io.tombolo.controller.command.Answer.Done<A> _ -> new Applied();
            case io.tombolo.controller.command.Answer.Refused<A>(Refusal refusal) ->
                    passes(refusal.error())
                            ? new Unavailable(refusal.message())
                            : new Refused(new Reason(codeOf(refusal.error()), refusal.message()));
        };
    }

    private static Reason.Code codeOf(Errors error) {
        return error == Errors.TOPIC_ALREADY_EXISTS
                ? Reason.Code.NAME_TAKEN
                : Reason.Code.LOCAL_REFUSED;
    }

    /** Whether asking again later may help. */
    private static boolean passes(Errors error) {
        return error == Errors.NOT_CONTROLLER
                || error == Errors.THROTTLING_QUOTA_EXCEEDED
                || error == Errors.UNKNOWN_SERVER_ERROR;
    }
}
