package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.record.RecordReader;
import io.tombolo.coordinator.record.RecordWriter;
import io.tombolo.coordinator.runtime.LogRecord;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.transaction.Transaction.Lineage;
import io.tombolo.coordinator.transaction.Transaction.Terms;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The records of {@code __transaction_state}, as Kafka 4.4 writes them: one kind of key (0), values
 * in version 1 (read: 0 and 1).
 *
 * <p>Kafka forgets at a failover in which epoch a client asked last, and guesses that it was the
 * one before; so a producer that was fenced could pass for one that asks again. Here that epoch is
 * in a tagged field of our own, which Kafka's readers skip.
 */
final class TransactionRecords {

    private static final short KEY = 0;
    private static final short VALUE_VERSION_MAX = 1;

    private static final int PREVIOUS_ID_TAG = 0;
    private static final int NEXT_ID_TAG = 1;
    private static final int CLIENT_VERSION_TAG = 2;

    /** Ours; far from the numbers that Kafka gives out one by one. */
    private static final int LAST_EPOCH_TAG = 7000;

    private TransactionRecords() {}

    /** What a record says. */
    sealed interface Content {

        /**
         * @param transaction null when the id has expired
         */
        record Known(String id, @Nullable Transaction transaction) implements Content {}

        /** A kind of record that this version does not know. */
        record Unknown() implements Content {}
    }

    // ---- writing ----

    static LogRecord transaction(Transaction transaction) {
        return new LogRecord(key(transaction.id()), value(transaction));
    }

    static LogRecord tombstone(String id) {
        return new LogRecord(key(id), null);
    }

    private static byte[] key(String id) {
        return new RecordWriter().int16(KEY).string(id).toBytes();
    }

    private static byte[] value(Transaction transaction) {
        Terms terms = transaction.terms();
        RecordWriter out =
                new RecordWriter()
                        .int16(VALUE_VERSION_MAX)
                        .int64(transaction.producer().id())
                        .int16(transaction.producer().epoch())
                        .int32(terms.timeoutMs())
                        .int8(transaction.state().id());
        writePartitions(out, transaction);
        out.int64(terms.updateMs()).int64(terms.startMs());
        writeTags(out, transaction);
        return out.toBytes();
    }

    /** Kafka's reader wants null, not nothing, of an id that has had no transaction. */
    private static void writePartitions(RecordWriter out, Transaction transaction) {
        if (transaction.is(TransactionState.EMPTY)) {
            out.varint(0);
            return;
        }
        var byTopic = transaction.partitions().byTopic();
        out.varint(byTopic.size() + 1);
        byTopic.forEach((topic, indexes) -> {
            out.compactString(topic).varint(indexes.size() + 1);
            indexes.forEach(out::int32);
            out.varint(0);
        });
    }

    private static void writeTags(RecordWriter out, Transaction transaction) {
        Lineage lineage = transaction.lineage();
        var tags = new ArrayList<Tag>();
        if (lineage.previousId() >= 0) {
            tags.add(new Tag(PREVIOUS_ID_TAG, new RecordWriter().int64(lineage.previousId())));
        }
        if (lineage.nextId() >= 0) {
            tags.add(new Tag(NEXT_ID_TAG, new RecordWriter().int64(lineage.nextId())));
        }
        if (transaction.terms().version() != 0) {
            tags.add(
                    new Tag(
                            CLIENT_VERSION_TAG,
                            new RecordWriter().int16(transaction.terms().version())));
        }
        if (lineage.lastEpoch() >= 0) {
            tags.add(new Tag(LAST_EPOCH_TAG, new RecordWriter().int16(lineage.lastEpoch())));
        }
        out.varint(tags.size());
        for (Tag tag : tags) {
            byte[] field = tag.field.toBytes();
            out.varint(tag.number).varint(field.length);
            for (byte part : field) {
                out.int8(part);
            }
        }
    }

    private record Tag(int number, RecordWriter field) {}

    // ---- reading ----

    static Content read(StoredRecord record) {
        var key = new RecordReader(record.key());
        if (key.int16() != KEY) {
            return new Content.Unknown();
        }
        String id = key.string(false);
        byte[] value = record.value();
        return new Content.Known(id, value == null ? null : transaction(id, value));
    }

    private static Transaction transaction(String id, byte[] value) {
        var in = new RecordReader(value);
        short version = in.int16();
        if (version < 0 || version > VALUE_VERSION_MAX) {
            throw new IllegalArgumentException("a transaction has the unknown version " + version);
        }
        boolean flexible = version == VALUE_VERSION_MAX;
        var producer = new ProducerIdentity(in.int64(), in.int16());
        int timeoutMs = in.int32();
        TransactionState state = TransactionState.withId(in.int8());
        TouchedPartitions partitions = readPartitions(in, flexible);
        long updateMs = in.int64();
        long startMs = in.int64();
        Tags tags = flexible ? readTags(in) : Tags.NONE;
        return new Transaction(
                id,
                producer,
                tags.lineage,
                state,
                partitions,
                new Terms(timeoutMs, startMs, updateMs, tags.clientVersion));
    }

    private static TouchedPartitions readPartitions(RecordReader in, boolean flexible) {
        TouchedPartitions partitions = TouchedPartitions.NONE;
        int topicCount = in.nullableArrayLength(flexible);
        for (int topics = 0; topics < topicCount; topics++) {
            String topic = in.string(flexible);
            for (int index : readIndexes(in, flexible)) {
                partitions = partitions.plus(topic, index);
            }
            if (flexible) {
                in.skipTags();
            }
        }
        return partitions;
    }

    private static List<Integer> readIndexes(RecordReader in, boolean flexible) {
        int count = in.arrayLength(flexible);
        var indexes = new ArrayList<Integer>(count);
        for (int i = 0; i < count; i++) {
            indexes.add(in.int32());
        }
        return indexes;
    }

    private static Tags readTags(RecordReader in) {
        short lastEpoch = -1;
        long previousId = -1;
        long nextId = -1;
        short clientVersion = 0;
        int count = in.varint();
        for (int i = 0; i < count; i++) {
            int tag = in.varint();
            int length = in.varint();
            switch (tag) {
                case PREVIOUS_ID_TAG -> previousId = in.int64();
                case NEXT_ID_TAG -> nextId = in.int64();
                case CLIENT_VERSION_TAG -> clientVersion = in.int16();
                case LAST_EPOCH_TAG -> lastEpoch = in.int16();
                default -> in.skip(length);
            }
        }
        return new Tags(new Lineage(lastEpoch, previousId, nextId), clientVersion);
    }

    private record Tags(Lineage lineage, short clientVersion) {
        private static final Tags NONE = new Tags(Lineage.NONE, (short) 0);
    }
}
