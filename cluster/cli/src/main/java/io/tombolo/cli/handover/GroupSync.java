package io.tombolo.cli.handover;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.output.Amounts;
import io.tombolo.region.topology.LinkEntry;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Compares what groups have committed for a link's topics in two regions. */
final class GroupSync {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final LinkEntry link;
    private final KafkaRegion here;
    private final KafkaRegion there;

    GroupSync(LinkEntry link, KafkaRegion here, KafkaRegion there) {
        this.link = link;
        this.here = here;
        this.there = there;
    }

    /**
     * What a comparison came to.
     *
     * @param count of groups that have committed something for these topics
     * @param again by group, how many records it would read a second time
     */
    private record Compared(int count, Map<String, Long> again) {

        /** A group that commits all the time, or has members there, is behind by a little. */
        private String told() {
            String all = Amounts.of(count, "group");
            return again.isEmpty()
                    ? all + ", positions equal"
                    : "%s; behind: %s".formatted(all, again);
        }
    }

    /**
     * Compares until they are equal, a few seconds at most, and tells it as a step.
     *
     * @return how many groups have committed something for these topics
     */
    int settle(Steps steps) {
        if (link.sync().offsets().isEmpty()) {
            steps.done("groups", "the link does not sync positions");
            return 0;
        }
        Compared compared = compareUntilEqual();
        steps.done("groups", compared.told());
        return compared.count();
    }

    private Compared compareUntilEqual() {
        long until = System.nanoTime() + PATIENCE.toNanos();
        Compared compared = compare();
        while (!compared.again().isEmpty() && System.nanoTime() - until < 0) {
            Waiting.pause();
            compared = compare();
        }
        return compared;
    }

    private Compared compare() {
        try (Admin source = here.admin();
                Admin copy = there.admin()) {
            var specs = new HashMap<String, ListConsumerGroupOffsetsSpec>();
            for (GroupListing group : here.await(source.listGroups().all(), here.all("groups"))) {
                if (link.groups().includes(group.groupId())) {
                    specs.put(group.groupId(), new ListConsumerGroupOffsetsSpec());
                }
            }
            if (specs.isEmpty()) {
                return new Compared(0, Map.of());
            }
            var mine = here.await(source.listConsumerGroupOffsets(specs).all(), here.all("groups"));
            var theirs =
                    there.await(copy.listConsumerGroupOffsets(specs).all(), there.all("groups"));
            return compared(mine, theirs);
        }
    }

    private Compared compared(
            Map<String, Map<TopicPartition, OffsetAndMetadata>> mine,
            Map<String, Map<TopicPartition, OffsetAndMetadata>> theirs) {
        var again = new TreeMap<String, Long>();
        int count = 0;
        for (var group : mine.entrySet()) {
            boolean concerned = false;
            long behind = 0;
            var copies = theirs.getOrDefault(group.getKey(), Map.of());
            for (var position : group.getValue().entrySet()) {
                OffsetAndMetadata committed = position.getValue();
                if (committed == null || !link.topics().includes(position.getKey().topic())) {
                    continue;
                }
                concerned = true;
                OffsetAndMetadata copy = copies.get(position.getKey());
                behind += Math.abs(committed.offset() - (copy == null ? 0 : copy.offset()));
            }
            count += concerned ? 1 : 0;
            if (behind > 0) {
                again.put(group.getKey(), behind);
            }
        }
        return new Compared(count, again);
    }
}
