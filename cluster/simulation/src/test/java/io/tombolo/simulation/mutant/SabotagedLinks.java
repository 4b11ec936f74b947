package io.tombolo.simulation.mutant;

import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.GroupOffsets;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.link.LocalLeadership;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.OffsetMapping;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.TopicPartition;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The link module, with one of its ports or answers broken. */
record SabotagedLinks(LinkProvider sound, Variant variant) implements LinkProvider {

    @Override
    public LinkType type() {
        return sound.type();
    }

    @Override
    public Guarantees guarantees() {
        return sound.guarantees();
    }

    @Override
    public List<Reason> check(LinkSpec spec) {
        return sound.check(spec);
    }

    @Override
    public Link open(LinkSpec spec, LinkHost host) {
        var ports =
                new LinkHost.Ports(
                        new BadLog(host.mirrorLog(), variant),
                        host.admin(),
                        new BadGroups(host.groups(), variant));
        Link link =
                sound.open(
                        spec,
                        new LinkHost(
                                host.loop(), host.clock(), host.network(), host.entropy(), ports));
        return variant == Variant.LINK_HIDES_LOSS ? new Liar(link) : link;
    }

    private record BadLog(MirrorLog sound, Variant variant) implements MirrorLog {

        @Override
        public void position(LinkPartition partition, Consumer<PositionAnswer> answer) {
            sound.position(partition, answer);
        }

        @Override
        public void awaitHighWatermark(
                LinkPartition partition,
                int leaderEpoch,
                long offset,
                Consumer<PositionAnswer> answer) {
            sound.awaitHighWatermark(partition, leaderEpoch, offset, answer);
        }

        @Override
        public void copyElsewhere(LinkPartition partition, Consumer<PositionAnswer> answer) {
            sound.copyElsewhere(partition, answer);
        }

        @Override
        public void append(Append append, Consumer<AppendAnswer> answer) {
            switch (variant) {
                case LINK_CHANGES_EPOCHS -> sound.append(withLaterEpochs(append), answer);
                case LINK_DROPS_BATCHES ->
                        answer.accept(
                                new Appended(
                                        append.expectedEndOffset(), append.expectedEndOffset()));
                default -> sound.append(append, answer);
            }
        }

        private static Append withLaterEpochs(Append append) {
            var copy =
                    ByteBuffer.allocate(append.batches().remaining())
                            .put(append.batches().duplicate())
                            .flip();
            var walk = new BatchWalk(copy);
            while (walk.next()) {
                walk.batch()
                        .patchOffsets(
                                walk.batch().baseOffset(),
                                Math.max(0, walk.batch().partitionLeaderEpoch() - 1));
            }
            return new Append(
                    append.partition(),
                    copy,
                    append.sourceLeaderEpoch(),
                    append.ownershipEpoch(),
                    append.expectedEndOffset(),
                    append.leaderEpoch());
        }

        @Override
        public void raiseLogStart(
                LinkPartition partition,
                long logStartOffset,
                long ownershipEpoch,
                Consumer<AppendAnswer> answer) {
            sound.raiseLogStart(partition, logStartOffset, ownershipEpoch, answer);
        }

        @Override
        public void endOfEpoch(
                LinkPartition partition, int leaderEpoch, Consumer<EpochAnswer> answer) {
            sound.endOfEpoch(partition, leaderEpoch, answer);
        }
    }

    private record BadGroups(GroupOffsets sound, Variant variant) implements GroupOffsets {

        @Override
        public boolean keeps(String group) {
            return sound.keeps(group);
        }

        @Override
        public Duration retention() {
            return sound.retention();
        }

        @Override
        public void groups(Consumer<SortedSet<String>> answer) {
            sound.groups(answer);
        }

        @Override
        public void committed(String group, Consumer<ReadAnswer> answer) {
            sound.committed(group, answer);
        }

        @Override
        public void commit(
                String group,
                Map<TopicPartition, Committed> offsets,
                long ownershipEpoch,
                Consumer<CommitAnswer> answer) {
            var changed = new HashMap<TopicPartition, Committed>();
            offsets.forEach((partition, offset) ->
                    changed.put(
                            partition,
                            new Committed(
                                    changed(offset.offset()),
                                    offset.leaderEpoch(),
                                    offset.metadata())));
            sound.commit(group, changed, ownershipEpoch, answer);
        }

        private long changed(long offset) {
            return switch (variant) {
                case LINK_SETS_GROUPS_BACK -> offset > 20 && offset % 2 == 0 ? offset / 2 : offset;
                case LINK_MOVES_GROUPS_AHEAD -> offset + 5;
                default -> offset;
            };
        }
    }

    /** Says that nothing is missing, once it is over. */
    private static final class Liar implements Link {

        private final Link sound;
        private boolean over;

        Liar(Link sound) {
            this.sound = sound;
        }

        @Override
        public void reconcile(LinkSpec desired, LocalLeadership leadership) {
            sound.reconcile(desired, leadership);
        }

        @Override
        public LinkStatus status() {
            LinkStatus status = sound.status();
            if (!over) {
                return status;
            }
            return new LinkStatus(
                    status.name(),
                    status.state(),
                    status.lag(),
                    status.recent(),
                    status.lossBound(),
                    status.trouble(),
                    status.topics().stream().map(Liar::embellished).toList(),
                    status.groups());
        }

        private static LinkStatus.TopicStatus embellished(LinkStatus.TopicStatus topic) {
            return new LinkStatus.TopicStatus(
                    topic.topic(),
                    topic.state(),
                    topic.lag(),
                    topic.trouble(),
                    topic.partitions().stream().map(Liar::embellished).toList());
        }

        private static LinkStatus.PartitionStatus embellished(
                LinkStatus.PartitionStatus partition) {
            var progress = partition.progress();
            return new LinkStatus.PartitionStatus(
                    partition.partition(),
                    partition.state(),
                    partition.lag(),
                    new LinkStatus.Progress(
                            progress.endOffset(),
                            progress.highWatermark(),
                            progress.highestEpoch(),
                            0,
                            progress.sourceLogStartOffset()),
                    partition.trouble());
        }

        @Override
        public OffsetMapping offsets() {
            return sound.offsets();
        }

        @Override
        public CompletionStage<FailoverOutcome> failover(FailoverOrder order) {
            over = true;
            return sound.failover(order);
        }

        @Override
        public void close() {
            sound.close();
        }
    }
}
