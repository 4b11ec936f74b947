package io.tombolo.cli.transaction;

import io.tombolo.cli.output.Tree;

import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.TopicPartition;

/**
 * What a producer has open in a partition although no coordinator knows of it, so that nobody will
 * ever end it.
 *
 * @param firstOffset of its first record; readers of what is committed wait there
 * @param idleMs since it wrote last
 */
record HangingTransaction(
        String region, WriterName writer, int producerEpoch, long firstOffset, long idleMs) {

    static HangingTransaction of(
            String region, TopicPartition partition, ProducerState open, long nowMs) {
        return new HangingTransaction(
                region,
                new WriterName(partition, open.producerId()),
                open.producerEpoch(),
                open.currentTransactionStartOffset().orElse(-1),
                Math.max(0, nowMs - open.lastTimestamp()));
    }

    /** Whether this is the very transaction that was seen before, however idle it was then. */
    boolean sameAs(HangingTransaction before) {
        return writer.equals(before.writer) && firstOffset == before.firstOffset;
    }

    Tree tree() {
        return Tree.fields()
                .with("topic", writer.partition().topic())
                .with("partition", writer.partition().partition())
                .with("region", region)
                .with("producerId", writer.producerId())
                .with("producerEpoch", producerEpoch)
                .with("firstOffset", firstOffset)
                .with("idleMs", idleMs);
    }
}
