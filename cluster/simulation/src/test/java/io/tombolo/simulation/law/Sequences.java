package io.tombolo.simulation.law;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** How far each producer has come in one log. */
final class Sequences {

    private record Producer(long id, int epoch) {}

    private final Map<Producer, Integer> next = new HashMap<>();

    /** Of these the log has lost everything: it may take them for forgotten. */
    private final Set<Producer> lost = new HashSet<>();

    private static Producer of(LogImage.Batch batch) {
        return new Producer(batch.producerId(), batch.producerEpoch());
    }

    /**
     * The sequence with which the batch has to begin; empty when it may be any.
     *
     * @param anywhere whether an unknown producer may begin anywhere: another log took it first,
     *     which may have forgotten its producer and is judged for it, and who copies has to hold
     *     what is there; or this log may, and never had what comes before
     */
    OptionalInt expected(LogImage.Batch batch, BooleanSupplier anywhere) {
        Integer sequence = next.get(of(batch));
        if (sequence != null) {
            return OptionalInt.of(sequence);
        }
        return lost.contains(of(batch)) || anywhere.getAsBoolean()
                ? OptionalInt.empty()
                : OptionalInt.of(0);
    }

    void add(LogImage.Batch batch) {
        next.put(of(batch), batch.sequence() + batch.count());
    }

    /** Begins anew with what a log holds. */
    void follow(List<LogImage.Batch> batches) {
        lost.addAll(next.keySet());
        next.clear();
        for (LogImage.Batch batch : batches) {
            if (batch.idempotent()) {
                add(batch);
            }
        }
    }
}
