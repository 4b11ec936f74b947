package io.tombolo.broker;

import io.tombolo.broker.group.OffsetsTopicSpec;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topics;

import org.apache.kafka.common.Uuid;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Makes what the topology file declares: links that touch this region with the first owner of their
 * topics, and topics of this region. Only ever adds; what is there already stays as it is.
 */
final class TopologyReconciler {

    private final BrokerSettings settings;
    private final Commands commands;
    private final EventLoop loop;

    TopologyReconciler(BrokerSettings settings, Commands commands, EventLoop loop) {
        this.settings = settings;
        this.commands = commands;
        this.loop = loop;
    }

    /** Submits the commands one after the other; {@code done} is called after the last. */
    void reconcile(Runnable done) {
        var plan = new ArrayDeque<Command<?>>();
        for (LinkEntry link : settings.topology().links().values()) {
            if (touchesThisRegion(link)) {
                plan.add(new LinkCommand.DefineLink(definition(link)));
                plan.add(
                        new RegionCommand.ClaimOwnership(
                                link.domain(),
                                link.from(),
                                0,
                                Ownership.Mode.STEADY,
                                "first owner, by the topology file"));
            }
        }
        List<NewTopic> topics = topics();
        if (!settings.topology().linksInto(settings.region().id()).isEmpty()) {
            // Links bring group offsets along, perhaps before any group was ever used here.
            topics.add(OffsetsTopicSpec.of(settings.config(), settings.region().brokers().size()));
        }
        if (!topics.isEmpty()) {
            plan.add(new TopicCommand.CreateTopics(topics, false));
        }
        next(plan, done);
    }

    private void next(ArrayDeque<Command<?>> plan, Runnable done) {
        Command<?> command = plan.poll();
        if (command == null) {
            done.run();
            return;
        }
        // A refusal says that it is there already, or has moved on: both are as they should be.
        submit(command, () -> next(plan, done));
    }

    private <A> void submit(Command<A> command, Runnable then) {
        commands.submit(command, loop, _ -> then.run());
    }

    private boolean touchesThisRegion(LinkEntry link) {
        return link.from().equals(settings.region().id())
                || link.to().equals(settings.region().id());
    }

    private LinkDefined definition(LinkEntry link) {
        String seed = "tombolo/" + settings.topology().name() + "/link/" + link.name();
        UUID id = UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8));
        var described = new TreeMap<String, String>();
        described.put("topics", String.join(",", link.topics().patterns()));
        described.put("groups", String.join(",", link.groups().patterns()));
        return new LinkDefined(
                link.name(),
                new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()),
                link.from(),
                link.to(),
                described);
    }

    private List<NewTopic> topics() {
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
