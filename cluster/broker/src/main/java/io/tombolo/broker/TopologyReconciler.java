package io.tombolo.broker;

import io.tombolo.broker.group.OffsetsTopicSpec;
import io.tombolo.broker.link.LinkDefinitions;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.LinkName;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topics;

import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Makes what the topology file declares: links that touch this region with the first owner of their
 * topics, and topics of this region. Only ever adds; what is there already stays as it is, whatever
 * the file says of it by now, and is changed by plans. Every broker looks when it starts and asks
 * for what is missing; asking twice does no harm. Topics are made by the broker that is there last,
 * so that all brokers get their share of them; those that stay away are not waited for long.
 */
final class TopologyReconciler {

    private static final long RETRY_NANOS = Duration.ofMillis(50).toNanos();

    /** How long topics wait for the other brokers of the file. */
    static final Duration OTHERS_MAX = Duration.ofSeconds(10);

    private final BrokerSettings settings;
    private final Images images;
    private final Commands commands;
    private final EventLoop loop;
    private boolean stopped;

    TopologyReconciler(BrokerSettings settings, Images images, Commands commands, EventLoop loop) {
        this.settings = settings;
        this.images = images;
        this.commands = commands;
        this.loop = loop;
    }

    /**
     * Submits the commands one after the other; {@code done} is called after the last of those that
     * need not wait for other brokers.
     */
    void reconcile(Runnable done) {
        var plan = new ArrayDeque<Command<?>>();
        for (LinkEntry link : settings.topology().links().values()) {
            if (touchesThisRegion(link) && !known(link)) {
                if (!defined(link.name())) {
                    plan.add(new LinkCommand.DefineLink(definition(link)));
                }
                plan.add(
                        new RegionCommand.ClaimOwnership(
                                link.domain(),
                                link.from(),
                                0,
                                Ownership.Mode.STEADY,
                                LinkDefinitions.FIRST_OWNER));
            }
        }
        if (othersServe()) {
            addTopics(plan);
        } else {
            loop.schedule(OTHERS_MAX.toNanos(), this::makeTopics);
        }
        next(plan, done);
    }

    private boolean othersServe() {
        MetadataImage image = images.current();
        return settings.region().brokers().stream()
                .filter(broker -> !broker.id().equals(settings.id()))
                .allMatch(broker -> image.brokers().isActive(broker.id().value()));
    }

    private void makeTopics() {
        var plan = new ArrayDeque<Command<?>>();
        addTopics(plan);
        next(plan, () -> {});
    }

    private void addTopics(ArrayDeque<Command<?>> plan) {
        List<NewTopic> topics = declaredTopics(settings);
        if (!settings.topology().linksInto(settings.region().id()).isEmpty()) {
            // Links bring group offsets along, perhaps before any group was ever used here.
            topics.add(OffsetsTopicSpec.of(settings.config(), settings.region().brokers().size()));
        }
        topics.removeIf(topic -> images.current().topics().topic(topic.name()).isPresent());
        if (!topics.isEmpty()) {
            plan.add(new TopicCommand.CreateTopics(topics, false));
        }
    }

    private void next(ArrayDeque<Command<?>> plan, Runnable done) {
        if (stopped) {
            return;
        }
        Command<?> command = plan.poll();
        if (command == null) {
            done.run();
            return;
        }
        submit(
                command,
                known -> {
                    if (known) {
                        next(plan, done);
                    } else {
                        loop.schedule(RETRY_NANOS, () -> again(command, plan, done));
                    }
                });
    }

    /** A link that was defined since it was looked at, by this broker or another one, stays so. */
    private void again(Command<?> command, ArrayDeque<Command<?>> plan, Runnable done) {
        boolean settled =
                command instanceof LinkCommand.DefineLink(LinkDefined wanted)
                        && defined(wanted.link());
        if (!settled) {
            plan.addFirst(command);
        }
        next(plan, done);
    }

    /**
     * Any refusal but one says that it is there already, or has moved on: both are as they should
     * be. Without a controller nothing is known.
     */
    private <A> void submit(Command<A> command, Consumer<Boolean> then) {
        commands.submit(
                command,
                loop,
                answer ->
                        then.accept(
                                !(answer instanceof Answer.Refused<A> refused)
                                        || refused.error() != Errors.NOT_CONTROLLER));
    }

    /** Nothing more is submitted. */
    void stop() {
        stopped = true;
    }

    private boolean touchesThisRegion(LinkEntry link) {
        return link.from().equals(settings.region().id())
                || link.to().equals(settings.region().id());
    }

    private boolean known(LinkEntry link) {
        return images.current().region().ownershipOf(link.domain()).isPresent()
                && defined(link.name());
    }

    private boolean defined(LinkName link) {
        return images.current().links().link(link).isPresent();
    }

    private LinkDefined definition(LinkEntry link) {
        return LinkDefinitions.of(
                settings.topology().name(),
                link.name(),
                link.ends(),
                link.settings(settings.topology().policiesOf(link.name())));
    }

    /** The topics of the broker's region that the file describes. */
    static List<NewTopic> declaredTopics(BrokerSettings settings) {
        var topics = new ArrayList<NewTopic>();
        for (Topics.Topic topic : settings.topology().topics().declared().values()) {
            if (topic.in().equals(settings.region().id().name())) {
                topics.add(
                        NewTopic.of(
                                topic.name(),
                                topic.partitions(),
                                topic.replicas(),
                                new TreeMap<>(topic.config())));
            }
        }
        return topics;
    }
}
