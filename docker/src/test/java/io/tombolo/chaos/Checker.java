package io.tombolo.chaos;

import io.tombolo.chaos.Anomaly.Kind;
import io.tombolo.chaos.Reading.Seen;
import io.tombolo.chaos.Sent.Outcome;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds what must not be in a history. Pure: the same history has the same anomalies.
 *
 * <p>A record whose producer was not told what became of it may be in the log once, in its place,
 * or not at all. Offsets may have gaps, for markers of transactions.
 */
final class Checker {

    private final History history;
    private final Map<Value, Sent> sent = new HashMap<>();
    private final Map<Integer, NavigableMap<Long, Value>> log = new TreeMap<>();
    private final List<Anomaly> found = new ArrayList<>();

    private Checker(History history) {
        this.history = history;
        history.sent().forEach(record -> sent.put(record.value(), record));
        history.log()
                .forEach((partition, seen) -> {
                    var byOffset = new TreeMap<Long, Value>();
                    seen.forEach(each -> byOffset.put(each.offset(), each.value()));
                    log.put(partition, byOffset);
                });
    }

    /** All anomalies, those of the log first. */
    static List<Anomaly> check(History history) {
        var checker = new Checker(history);
        history.log().forEach(checker::checkLog);
        history.sent().forEach(checker::checkAcknowledged);
        history.readings().forEach(checker::checkReading);
        checker.checkGroup();
        return List.copyOf(checker.found);
    }

    private void report(Kind kind, String detail, Object... values) {
        found.add(new Anomaly(kind, detail.formatted(values)));
    }

    private void checkLog(int partition, List<Seen> seen) {
        checkForward("the last reader", partition, seen);
        var offsets = new HashMap<Value, Long>();
        var newest = new HashMap<String, Value>();
        for (Seen each : seen) {
            Value value = each.value();
            checkSent(partition, each);
            Long first = offsets.putIfAbsent(value, each.offset());
            if (first != null) {
                report(Kind.DUPLICATED, "%s at %d and at %d", value, first, each.offset());
                continue;
            }
            Value before = newest.put(value.producer(), value);
            if (before != null && before.number() > value.number()) {
                report(Kind.REORDERED, "%s at %d, behind %s", value, each.offset(), before);
            }
            // The log is read as committed; so is what stands in it.
            checkNotAborted("the last reader", each);
        }
    }

    private void checkSent(int partition, Seen seen) {
        if (!sent.containsKey(seen.value()) || seen.value().partition() != partition) {
            report(Kind.PHANTOM, "%s in %d-%d", seen.value(), partition, seen.offset());
        }
    }

    private void checkNotAborted(String reader, Seen seen) {
        Sent record = sent.get(seen.value());
        if (record != null && record.outcome() instanceof Outcome.Aborted) {
            report(Kind.ABORTED_READ, "%s at %d by %s", seen.value(), seen.offset(), reader);
        }
    }

    private void checkAcknowledged(Sent record) {
        if (!(record.outcome() instanceof Outcome.Acknowledged(long offset))) {
            return;
        }
        Value value = record.value();
        Value there = logOf(value.partition()).get(offset);
        if (value.equals(there)) {
            return;
        }
        if (!logOf(value.partition()).containsValue(value)) {
            report(Kind.LOST, "%s, acknowledged at %d", value, offset);
        } else {
            report(Kind.INCONSISTENT, "%s was acknowledged at %d: %s", value, offset, there);
        }
    }

    private NavigableMap<Long, Value> logOf(int partition) {
        return log.computeIfAbsent(partition, _ -> new TreeMap<>());
    }

    private void checkReading(Reading reading) {
        checkForward(reading.reader(), reading.partition(), reading.seen());
        var whole = logOf(reading.partition());
        for (Seen each : reading.seen()) {
            checkSent(reading.partition(), each);
            Value there = whole.get(each.offset());
            if (reading.committedOnly()) {
                checkNotAborted(reading.reader(), each);
            }
            if (!each.value().equals(there) && !mayHaveBeenAborted(reading, each, there)) {
                report(
                        Kind.INCONSISTENT,
                        "%s saw %s at %d-%d, others %s",
                        reading.reader(),
                        each.value(),
                        reading.partition(),
                        each.offset(),
                        there);
            }
        }
        checkComplete(reading, whole);
    }

    /** Whoever does not ask for committed records only may see some that the log hides later. */
    private boolean mayHaveBeenAborted(
            Reading reading, Seen each, @org.jspecify.annotations.Nullable Value there) {
        Sent record = sent.get(each.value());
        return !reading.committedOnly()
                && there == null
                && record != null
                && !(record.outcome() instanceof Outcome.Acknowledged);
    }

    private void checkForward(String reader, int partition, List<Seen> seen) {
        for (int index = 1; index < seen.size(); index++) {
            long before = seen.get(index - 1).offset();
            long offset = seen.get(index).offset();
            if (offset <= before) {
                report(Kind.WENT_BACK, "%s in %d: %d after %d", reader, partition, offset, before);
            }
        }
    }

    private void checkComplete(Reading reading, NavigableMap<Long, Value> whole) {
        if (reading.seen().isEmpty()) {
            return;
        }
        Set<Long> offsets = new HashSet<>();
        reading.seen().forEach(each -> offsets.add(each.offset()));
        long first = reading.seen().getFirst().offset();
        long last = reading.seen().getLast().offset();
        if (first > last) {
            return; // it went back, and that has been said
        }
        whole.subMap(first, true, last, true)
                .forEach((offset, value) -> {
                    if (!offsets.contains(offset)) {
                        report(
                                Kind.SKIPPED,
                                "%s passed %d-%d, %s",
                                reading.reader(),
                                reading.partition(),
                                offset,
                                value);
                    }
                });
    }

    private void checkGroup() {
        for (GroupStep lookup : history.group()) {
            if (lookup.kind() == GroupStep.Kind.LOOKUP) {
                checkLookup(lookup);
            }
        }
    }

    /** Commits that ended before the question was asked are in the answer. */
    private void checkLookup(GroupStep lookup) {
        long committed =
                history.group().stream()
                        .filter(step -> step.kind() == GroupStep.Kind.COMMIT)
                        .filter(step -> step.partition() == lookup.partition())
                        .filter(step -> step.ended() < lookup.begun())
                        .mapToLong(GroupStep::offset)
                        .max()
                        .orElse(-1);
        if (lookup.offset() < committed) {
            report(
                    Kind.GROUP_WENT_BACK,
                    "partition %d: %d after %d was acknowledged",
                    lookup.partition(),
                    lookup.offset(),
                    committed);
        }
    }
}
