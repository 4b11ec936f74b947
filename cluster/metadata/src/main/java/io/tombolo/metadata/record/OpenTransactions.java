package io.tombolo.metadata.record;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Transactions that had not ended in the copy of a partition when its region took it over. Nobody
 * else can end them: their coordinator is at the source.
 *
 * @param count how many there are; −1 as long as nobody has looked
 * @param told which, in the order of their first offsets; {@link #TOLD_MAX} at most
 */
public record OpenTransactions(int count, List<OpenTransaction> told) {

    /** So many of one partition are told one by one. */
    public static final int TOLD_MAX = 100;

    private static final Comparator<OpenTransaction> BY_OFFSET =
            Comparator.comparingLong(OpenTransaction::firstOffset)
                    .thenComparingLong(OpenTransaction::producerId);

    /** There is none. */
    public static final OpenTransactions NONE = new OpenTransactions(0, List.of());

    /** Nobody has looked yet. */
    public static final OpenTransactions UNKNOWN = new OpenTransactions(-1, List.of());

    private static final int TOLD_BYTES_MIN = 4;

    /**
     * One of them.
     *
     * @param firstOffset of its first record in this partition
     * @param recordCount its records in this partition; −1 when that cannot be told any more
     */
    public record OpenTransaction(
            long producerId, int producerEpoch, long firstOffset, long recordCount) {}

    public OpenTransactions {
        told = told.stream().sorted(BY_OFFSET).limit(TOLD_MAX).toList();
        if (count < -1 || count >= 0 && count < told.size()) {
            throw new IllegalArgumentException(count + " transactions, told are " + told);
        }
    }

    /** All of these. */
    public static OpenTransactions of(List<OpenTransaction> all) {
        return new OpenTransactions(all.size(), all);
    }

    /** Whether nothing in others is news. */
    public boolean covers(OpenTransactions others) {
        return count >= others.count && (told.size() == TOLD_MAX || told.containsAll(others.told));
    }

    /** These, and what others found. */
    public OpenTransactions and(OpenTransactions others) {
        var all = new TreeSet<>(BY_OFFSET);
        all.addAll(told);
        all.addAll(others.told);
        int most = Math.max(Math.max(count, others.count), all.size());
        return new OpenTransactions(most, List.copyOf(all));
    }

    /** Writes it as a part of a record or a command. */
    public void write(FieldWriter to) {
        to.number(count)
                .list(
                        told,
                        (out, one) ->
                                out.number(one.producerId())
                                        .number(one.producerEpoch())
                                        .number(one.firstOffset())
                                        .number(one.recordCount()));
    }

    /** Reads what {@link #write} wrote. */
    public static OpenTransactions read(FieldReader from) {
        return new OpenTransactions(
                from.smallNumber(),
                from.list(
                        TOLD_BYTES_MIN,
                        one ->
                                new OpenTransaction(
                                        one.number(),
                                        one.smallNumber(),
                                        one.number(),
                                        one.number())));
    }
}
