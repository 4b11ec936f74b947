package io.tombolo.broker.request.topic;

import io.tombolo.broker.Commands;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.EventLoop;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Creates topics that clients ask for and that do not exist ({@code auto.create.topics.enable}).
 * Callable from any loop.
 */
public final class AutoCreation {

    private static final int UNDER_WAY_MAX = 1_000;

    private final Commands commands;
    private final boolean enabled;
    private final TreeMap<String, NewTopic> internalTopics = new TreeMap<>();
    private final TreeMap<String, NewTopic> declaredTopics = new TreeMap<>();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /**
     * @param internalTopics how topics of the broker's own are created, by name; created whatever
     *     {@code enabled} says
     * @param declaredTopics topics that the file describes: a client that is there before they are
     *     made gets them as they stand there
     */
    public AutoCreation(
            Commands commands,
            boolean enabled,
            List<NewTopic> internalTopics,
            List<NewTopic> declaredTopics) {
        this.commands = commands;
        this.enabled = enabled;
        internalTopics.forEach(topic -> this.internalTopics.put(topic.name(), topic));
        declaredTopics.forEach(topic -> this.declaredTopics.put(topic.name(), topic));
    }

    /**
     * Begins to create topics; what is under way already is not asked for twice.
     *
     * @param names legal ones only
     */
    void create(List<String> names, EventLoop loop) {
        var wanted = new ArrayList<NewTopic>();
        for (String name : names) {
            boolean allowed = enabled || internalTopics.containsKey(name);
            if (allowed && underWay.size() < UNDER_WAY_MAX && underWay.add(name)) {
                wanted.add(topicNamed(name));
            }
        }
        submit(wanted, loop);
    }

    /** Begins to create a topic of the broker's own. */
    public void createInternal(String name, EventLoop loop) {
        if (underWay.add(name)) {
            submit(List.of(topicNamed(name)), loop);
        }
    }

    private NewTopic topicNamed(String name) {
        var byDefault =
                NewTopic.of(name, NewTopic.BY_DEFAULT, NewTopic.BY_DEFAULT, new TreeMap<>());
        return internalTopics.getOrDefault(name, declaredTopics.getOrDefault(name, byDefault));
    }

    private void submit(List<NewTopic> wanted, EventLoop loop) {
        if (wanted.isEmpty()) {
            return;
        }
        commands.submit(
                new TopicCommand.CreateTopics(wanted, false),
                loop,
                // The client asks again; by then the topic is there, or this starts anew.
                _ -> wanted.forEach(topic -> underWay.remove(topic.name())));
    }
}
