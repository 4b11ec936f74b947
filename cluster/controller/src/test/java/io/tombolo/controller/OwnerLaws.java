package io.tombolo.controller;

import static io.tombolo.controller.MetadataInvariants.require;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.region.link.FollowedConfigs;
import io.tombolo.region.link.MirrorTopic.State;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What clients may not change: topics of other regions, and mirrors. By name. */
final class OwnerLaws {

    private OwnerLaws() {}

    /** The difference is what a client asked for. */
    static void check(MetadataImage before, MetadataImage after) {
        Set<String> names = new TreeSet<>(before.topics().idByName().keySet());
        names.addAll(after.topics().idByName().keySet());
        for (String name : names) {
            Optional<TopicImage> then = before.topics().topic(name);
            boolean mirror = then.flatMap(before::mirrorOf).isPresent();
            if (mirror) {
                checkMirror(then.orElseThrow(), before, after);
            } else if (before.fencing(name).isPresent()) {
                require(
                        then.equals(after.topics().topic(name)),
                        "a topic of another region is not made, deleted or extended here",
                        name);
                require(
                        linked(name, before).equals(linked(name, after)),
                        "configs of a topic of another region stay as they are",
                        name);
            } else if (before.filling(name).isPresent()) {
                require(
                        then.isPresent()
                                || after.topics()
                                        .topic(name)
                                        .filter(made -> after.mirrorOf(made).isEmpty())
                                        .isEmpty(),
                        "only its link makes a topic that it brings",
                        name);
            }
        }
    }

    private static void checkMirror(TopicImage topic, MetadataImage before, MetadataImage after) {
        var mirror = before.mirrorOf(topic).orElseThrow();
        Optional<TopicImage> now = after.topics().topic(topic.name());
        boolean followed =
                before.links().link(mirror.link()).filter(link -> !link.paused()).isPresent();
        followed &= before.takenElsewhere(topic).isEmpty();
        boolean kept = (mirror.state() == State.STOPPING || followed) && !before.leavesOut(mirror);
        require(
                now.isPresent() || !kept || mirror.state() == State.FAILED,
                "a mirror that its link follows is not deleted here",
                topic);
        now.ifPresent(then ->
                require(
                        then.partitions().count() == topic.partitions().count(),
                        "partitions of a mirror follow its source",
                        topic));
        String policy = "compression.type";
        var resource = ConfigResource.topic(topic.name());
        require(
                now.isEmpty()
                        || before.configs()
                                .value(resource, policy)
                                .equals(after.configs().value(resource, policy)),
                "configs in which copies must agree are changed by the link",
                topic);
    }

    private static Map<String, String> linked(String topic, MetadataImage image) {
        var configs = new TreeMap<>(image.configs().of(ConfigResource.topic(topic)));
        configs.keySet().retainAll(FollowedConfigs.ALWAYS);
        return configs;
    }
}
