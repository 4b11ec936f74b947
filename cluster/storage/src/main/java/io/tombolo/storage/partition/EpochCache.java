package io.tombolo.storage.partition;

import io.tombolo.storage.log.EpochEnd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * At which offset each leader epoch begins. Mutable; owned by its log. Both epochs and offsets
 * ascend strictly: an epoch that wrote nothing leaves no trace.
 */
public final class EpochCache {

    private record Start(int epoch, long offset) {}

    private final List<Start> starts = new ArrayList<>();

    public OptionalInt latest() {
        return starts.isEmpty() ? OptionalInt.empty() : OptionalInt.of(starts.getLast().epoch);
    }

    /**
     * Notes that an epoch begins at an offset. What contradicts it, because it says that the same
     * or a later epoch began there or before, is forgotten.
     */
    public void assign(int epoch, long offset) {
        if (epoch < 0 || !starts.isEmpty() && starts.getLast().epoch == epoch) {
            return;
        }
        starts.removeIf(start -> start.offset >= offset || start.epoch >= epoch);
        starts.add(new Start(epoch, offset));
    }

    /** The epoch of the record at an offset. */
    public OptionalInt epochAt(long offset) {
        for (int index = starts.size() - 1; index >= 0; index--) {
            if (starts.get(index).offset <= offset) {
                return OptionalInt.of(starts.get(index).epoch);
            }
        }
        return OptionalInt.empty();
    }

    public Optional<EpochEnd> endOf(int epoch, long logEndOffset) {
        if (starts.isEmpty() || epoch > starts.getLast().epoch || epoch < 0) {
            return Optional.empty();
        }
        if (epoch == starts.getLast().epoch) {
            return Optional.of(new EpochEnd(epoch, logEndOffset));
        }
        int next = 0;
        while (starts.get(next).epoch <= epoch) {
            next++;
        }
        int known = next == 0 ? epoch : starts.get(next - 1).epoch;
        return Optional.of(new EpochEnd(known, starts.get(next).offset));
    }

    /** The log now ends at an offset. */
    void truncateTo(long endOffset) {
        starts.removeIf(start -> start.offset >= endOffset);
    }

    /** The log now starts at an offset. */
    void startAt(long startOffset) {
        int first = starts.size() - 1;
        while (first >= 0 && starts.get(first).offset > startOffset) {
            first--;
        }
        if (first >= 0) {
            int epoch = starts.get(first).epoch;
            starts.subList(0, first + 1).clear();
            starts.addFirst(new Start(epoch, startOffset));
        }
    }

    void clear() {
        starts.clear();
    }

    /** Takes over what is known of a log with the same start and end. */
    void learnFrom(EpochCache other) {
        starts.clear();
        starts.addAll(other.starts);
    }

    /** The lines of the checkpoint file. */
    List<String> lines() {
        return starts.stream().map(start -> start.epoch + " " + start.offset).toList();
    }

    /** Takes over the lines of a checkpoint file; false, staying empty, when they make no sense. */
    boolean load(List<String[]> lines) {
        clear();
        try {
            for (String[] words : lines) {
                var start = new Start(Integer.parseInt(words[0]), Long.parseLong(words[1]));
                boolean ascending =
                        start.epoch >= 0
                                && start.offset >= 0
                                && (starts.isEmpty()
                                        || start.epoch > starts.getLast().epoch
                                                && start.offset > starts.getLast().offset);
                if (!ascending) {
                    clear();
                    return false;
                }
                starts.add(start);
            }
            return true;
        } catch (NumberFormatException damaged) {
            clear();
            return false;
        }
    }
}
