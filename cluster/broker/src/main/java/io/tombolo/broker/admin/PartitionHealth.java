package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * How well the partitions of a region are replicated, and what it would cost to stop a broker. Read
 * from an image, so callable from any thread; looks at every partition.
 *
 * @param image which metadata
 * @param rules those of the brokers, for topics that have none of their own
 */
record PartitionHealth(MetadataImage image, SafetyRules rules) {

    /** Of the newest metadata of a broker. */
    static PartitionHealth of(BrokerCore core) {
        var config = core.settings().config();
        var rules =
                new SafetyRules(
                        config.integer(SafetyRules.MIN_IN_SYNC),
                        config.flag("unclean.leader.election.enable"));
        return new PartitionHealth(core.images().current(), rules);
    }

    /** How many are named, so that an answer stays small when a whole disk fails. */
    static final int NAMED_MAX = 1_000;

    /**
     * Partitions that are not as they should be, by name.
     *
     * @param offline without a leader
     * @param underReplicated with replicas that are not in sync
     * @param underMinimum with fewer in-sync replicas than writes with acks=all need
     */
    record Trouble(
            TreeSet<String> offline,
            TreeSet<String> underReplicated,
            TreeSet<String> underMinimum) {

        private void look(String name, PartitionRegistration partition, int inSyncMin) {
            if (!partition.hasLeader()) {
                offline.add(name);
            }
            if (partition.isr().size() < partition.replicas().size()) {
                underReplicated.add(name);
            }
            if (partition.isr().size() < inSyncMin) {
                underMinimum.add(name);
            }
        }
    }

    /** Looks at all partitions. */
    Trouble trouble() {
        var trouble = new Trouble(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        for (TopicImage topic : image.topics().byId().values()) {
            int minimum = rules.of(topic.name(), image).inSyncMin();
            topic.partitions()
                    .forEach((index, partition) ->
                            trouble.look(
                                    topic.name() + "-" + index,
                                    partition,
                                    neededOf(partition, minimum)));
        }
        return trouble;
    }

    /** A topic with fewer replicas than its minimum cannot have more in sync than it has. */
    private static int neededOf(PartitionRegistration partition, int minimum) {
        return Math.min(minimum, partition.replicas().size());
    }

    /**
     * A partition that could not be written to with acks=all, or not at all, without a broker.
     *
     * @param inSync replicas that are in sync now
     */
    record Loss(String partition, List<Integer> inSync, int inSyncMin) {

        Map<String, Object> view() {
            var view = new LinkedHashMap<String, Object>();
            view.put("partition", partition);
            view.put("inSync", inSync);
            view.put("inSyncMin", inSyncMin);
            return view;
        }
    }

    /** What would go below its minimum if this broker stopped now. */
    List<Loss> lostWithout(int brokerId) {
        var lost = new ArrayList<Loss>();
        for (var id : image.topics().replicasOn(brokerId).ids()) {
            TopicImage topic = image.topics().topic(id.topicId()).orElseThrow();
            PartitionRegistration partition = topic.partitions().get(id.index());
            int minimum = neededOf(partition, rules.of(topic.name(), image).inSyncMin());
            if (partition.isr().has(brokerId) && partition.isr().size() - 1 < minimum) {
                lost.add(
                        new Loss(
                                topic.name() + "-" + id.index(),
                                partition.isr().asList(),
                                minimum));
            }
        }
        return lost;
    }

    /** How many replicas of a broker are not in sync. */
    int behindOn(int brokerId) {
        int behind = 0;
        for (var id : image.topics().replicasOn(brokerId).ids()) {
            PartitionRegistration partition = image.topics().partition(id).orElseThrow();
            behind += partition.isr().has(brokerId) ? 0 : 1;
        }
        return behind;
    }
}
