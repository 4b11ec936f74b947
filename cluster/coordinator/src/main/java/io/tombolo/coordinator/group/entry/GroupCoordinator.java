package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.GroupSettings;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.coordinator.runtime.StateMachine;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * Groups as the broker sees them. Callable on any loop. Six faces answer the six kinds of callers:
 * {@link #membership}, {@link #consumers}, {@link #offsets}, {@link #transactions}, {@link
 * #administration} and {@link #links}.
 *
 * <p>The broker tells this class which partitions of {@code __consumer_offsets} it leads and how
 * far they are committed; for any other partition clients are answered {@code NOT_COORDINATOR}.
 */
public final class GroupCoordinator {

    private final Partitions partitions;
    private final GroupMembership membership;
    private final GroupOffsets offsets;
    private final ConsumerMembership consumers;
    private final TransactionOffsets transactions;
    private final GroupAdministration administration;
    private final LinkOffsets links;

    /** Leads nothing until {@link #lead}. */
    public GroupCoordinator(GroupSettings settings, GroupPorts ports) {
        this(
                settings,
                ports,
                new GroupMachine(settings, group -> ports.times().apply(group).sessionMs()));
    }

    GroupCoordinator(
            GroupSettings settings,
            GroupPorts ports,
            StateMachine<GroupsState, GroupCommand, GroupEvent> machine) {
        this.partitions = new Partitions(settings, ports, machine);
        this.membership = new GroupMembership(partitions, settings.membership(), ports);
        this.offsets = new GroupOffsets(partitions, ports.topics(), ports.clock());
        this.consumers = new ConsumerMembership(partitions, ports);
        this.transactions = new TransactionOffsets(partitions, ports.topics(), ports.clock());
        this.administration = new GroupAdministration(partitions, ports.topics());
        this.links = new LinkOffsets(partitions, ports.topics(), settings.offsets().retention());
    }

    /** For tests of what lies behind the answers. */
    Partitions partitions() {
        return partitions;
    }

    /** The partition of {@code __consumer_offsets} that a group lives on, as Kafka computes it. */
    public int partitionOf(String group) {
        return partitions.of(group);
    }

    /** JoinGroup, SyncGroup, Heartbeat and LeaveGroup. */
    public GroupMembership membership() {
        return membership;
    }

    /** ConsumerGroupHeartbeat and ConsumerGroupDescribe. */
    public ConsumerMembership consumers() {
        return consumers;
    }

    /** OffsetCommit and OffsetFetch. */
    public GroupOffsets offsets() {
        return offsets;
    }

    /** TxnOffsetCommit, and the ends of transactions. */
    public TransactionOffsets transactions() {
        return transactions;
    }

    /** DescribeGroups, ListGroups, DeleteGroups and OffsetDelete. */
    public GroupAdministration administration() {
        return administration;
    }

    /** Committed offsets as links copy them. */
    public LinkOffsets links() {
        return links;
    }

    /**
     * This broker leads a partition of {@code __consumer_offsets} from now on, in this epoch. An
     * older or repeated epoch changes nothing.
     */
    public void lead(int partition, int leaderEpoch) {
        partitions.on(partition, runtime -> runtime.lead(partition, leaderEpoch));
    }

    /** This broker does not lead the partition any more; every waiting client is told. */
    public void resign(int partition) {
        partitions.on(partition, runtime -> runtime.resign(partition));
    }

    /** The high watermark of a partition is now at least this; cheap, call it at each move. */
    public void highWatermarkMoved(int partition, long highWatermark) {
        partitions.on(partition, runtime -> runtime.highWatermarkMoved(partition, highWatermark));
    }

    /**
     * A topic has been deleted: its committed offsets go with it, on the partitions led here.
     *
     * @param topicId offsets known to be of another topic of that name stay
     */
    public void topicDeleted(String topic, Uuid topicId) {
        for (int partition = 0; partition < partitions.count(); partition++) {
            forgetTopic(partition, topic, topicId);
        }
    }

    private void forgetTopic(int partition, String topic, Uuid topicId) {
        partitions.on(
                partition,
                runtime ->
                        runtime.<GroupCommand.Stretch<Integer>>write(
                                partition,
                                ticket -> new GroupCommand.ForgetTopic(topic, topicId, ticket),
                                new Reply<>() {
                                    @Override
                                    public void answer(GroupCommand.Stretch<Integer> swept) {
                                        if (swept.more()) {
                                            forgetTopic(partition, topic, topicId);
                                        }
                                    }

                                    @Override
                                    public void refuse(Errors error) {
                                        // Not led here: its leader does it. A leader that could not
                                        // leaves them to retention; another topic of the name has
                                        // another id, which keeps them from being used.
                                    }
                                }));
    }
}
