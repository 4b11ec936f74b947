package io.tombolo.broker.receipt;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Receipted;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.metadata.record.RegionRecord.NoOp;
import io.tombolo.metadata.record.RegionRecord.Receipt;
import io.tombolo.raft.core.LogBatch;

import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Controllers and their log as one broker meets them: of each epoch there is one controller, what
 * it has not committed when the next one begins is gone, or was saved by it.
 */
final class ModelRegion implements ConfigChange.Way {

    private static final Duration AGAIN = Duration.ofMillis(50);

    /** What may be wrong. */
    enum Variant {
        SOUND,
        /** Controllers take what was meant for another epoch. */
        LATE_COMMANDS_ARE_TAKEN,
        /** What has left no receipt yet is taken for not done. */
        NEXT_EPOCH_IS_NOT_AWAITED,
        /** What a snapshot has swallowed is taken for not there. */
        SNAPSHOTS_ARE_TAKEN_FOR_THE_LOG
    }

    /** A command on its way to a controller. */
    private static final class Letter {
        final int sentEpoch;
        final Receipted command;
        final Consumer<Answer<Map<ConfigResource, Answer<Applied>>>> answered;
        final ConfigChange.Doubt doubt;
        final Runnable again;
        boolean awaited = true;
        boolean taken;
        int uncommitted;

        Letter(
                int sentEpoch,
                Receipted command,
                Consumer<Answer<Map<ConfigResource, Answer<Applied>>>> answered,
                ConfigChange.Doubt doubt,
                Runnable again) {
            this.sentEpoch = sentEpoch;
            this.command = command;
            this.answered = answered;
            this.doubt = doubt;
            this.again = again;
        }
    }

    private record Proposal(Letter letter, List<MetadataRecord> records) {}

    private final ManualLoop loop = new ManualLoop();
    private final SimulatedEntropy dice;
    private final Variant variant;
    private final List<Letter> letters = new ArrayList<>();
    private final ArrayDeque<Proposal> proposals = new ArrayDeque<>();
    private final List<LogBatch> log = new ArrayList<>();
    private final Map<String, Integer> effects = new HashMap<>();
    private Receipts receipts = new Receipts(loop);
    private int epoch = 1;
    private int knownEpoch = 1;
    private int seenCount;
    private int doubtCount;
    private int unresolvedCount;

    ModelRegion(long seed, Variant variant) {
        this.dice = new SimulatedEntropy(seed);
        this.variant = variant;
    }

    ManualLoop loop() {
        return loop;
    }

    SimulatedEntropy dice() {
        return dice;
    }

    /** How often a value was set. */
    int effects(String value) {
        return effects.getOrDefault(value, 0);
    }

    int doubtCount() {
        return doubtCount;
    }

    int unresolvedCount() {
        return unresolvedCount;
    }

    void tell(Receipts reader) {
        receipts = reader;
    }

    @Override
    @SuppressWarnings("unchecked") // only such commands are asked for
    public <A> void ask(
            Command<A> command,
            long deadlineNanos,
            Consumer<Answer<A>> answered,
            ConfigChange.Doubt doubt) {
        if (loop.nanoTime() - deadlineNanos >= 0) {
            unresolvedCount++;
            answered.accept(new Refusal(Errors.NOT_CONTROLLER, "too late").answer());
            return;
        }
        letters.add(
                new Letter(
                        knownEpoch,
                        (Receipted) command,
                        (Consumer<Answer<Map<ConfigResource, Answer<Applied>>>>)
                                (Consumer<?>) answered,
                        doubt,
                        () -> ask(command, deadlineNanos, answered, doubt)));
    }

    /** Something happens. */
    void step() {
        switch (dice.nextInt(12)) {
            case 0, 1, 2 -> deliver();
            case 3, 4, 5 -> commit();
            case 6 -> knownEpoch = epoch;
            case 7 -> lose();
            case 8 -> {
                if (dice.chance(0.2)) {
                    replaceController();
                }
            }
            case 9 -> {
                if (dice.chance(0.1)) {
                    readSnapshot();
                }
            }
            default -> readOn();
        }
    }

    /** Nothing is late or lost any more. */
    void heal() {
        replaceController();
        knownEpoch = epoch;
        for (int left = 0; left < 200; left++) {
            deliver();
            commit();
            readOn();
            loop.advance(Duration.ofMillis(1));
        }
    }

    private void deliver() {
        if (letters.isEmpty()) {
            return;
        }
        Letter letter = letters.remove(dice.nextInt(letters.size()));
        if (letter.sentEpoch != epoch && variant != Variant.LATE_COMMANDS_ARE_TAKEN) {
            if (letter.awaited) {
                loop.schedule(AGAIN.toNanos(), letter.again);
            }
            return;
        }
        letter.taken = true;
        var change = (IncrementalAlterConfigs) letter.command.change();
        for (Alteration one : change.resources()) {
            var value = (Change.Set) one.changes().getFirst();
            var receipt = new Receipt(letter.command.ticket(), one.resource());
            var set = new ConfigSet(one.resource(), value.key(), value.value());
            letter.uncommitted++;
            proposals.add(new Proposal(letter, List.of(set, receipt)));
        }
    }

    private void commit() {
        Proposal next = proposals.poll();
        if (next == null) {
            return;
        }
        append(false, next.records());
        if (next.records().getFirst() instanceof ConfigSet set) {
            effects.merge(set.value(), 1, Integer::sum);
        }
        Letter letter = next.letter();
        letter.uncommitted--;
        if (letter.uncommitted == 0 && letter.awaited) {
            letter.awaited = false;
            Map<ConfigResource, Answer<Applied>> answers = new LinkedHashMap<>();
            letter.command
                    .change()
                    .named()
                    .forEach(resource -> answers.put(resource, new Answer.Done<>(new Applied())));
            letter.answered.accept(new Answer.Done<>(answers));
        }
    }

    private void append(boolean control, List<MetadataRecord> records) {
        long base = log.isEmpty() ? 0 : log.getLast().endOffset();
        var bytes = records.stream().map(MetadataRecordCodec::encode).toList();
        log.add(new LogBatch(base, epoch, control, bytes));
    }

    /** The connection of who asks breaks; what is under way on it may still arrive. */
    private void lose() {
        var waiting = new ArrayList<Letter>();
        letters.stream().filter(letter -> letter.awaited).forEach(waiting::add);
        proposals.stream()
                .map(Proposal::letter)
                .filter(letter -> letter.awaited)
                .distinct()
                .forEach(waiting::add);
        waiting.forEach(this::doubt);
        letters.removeIf(letter -> !letter.awaited && dice.chance(0.3));
    }

    private void doubt(Letter letter) {
        letter.awaited = false;
        doubtCount++;
        letter.doubt.arises(letter.sentEpoch, "lost");
        if (variant == Variant.NEXT_EPOCH_IS_NOT_AWAITED) {
            receipts.committed(
                    new LogBatch(0, letter.sentEpoch + 1, true, List.of(new byte[] {0})));
        }
    }

    /** What is not committed is saved by the next controller as far as it has it. */
    private void replaceController() {
        for (long saved = dice.between(0, proposals.size()); saved > 0; saved--) {
            commit();
        }
        List<Proposal> lost = List.copyOf(proposals);
        proposals.clear();
        for (Proposal each : lost) {
            if (each.letter().awaited) {
                doubt(each.letter());
            }
        }
        epoch++;
        append(dice.chance(0.5), List.of(new NoOp()));
    }

    private void readOn() {
        if (seenCount < log.size()) {
            receipts.committed(Objects.requireNonNull(log.get(seenCount)));
            seenCount++;
        }
    }

    private void readSnapshot() {
        if (seenCount < log.size()) {
            seenCount = log.size();
            if (variant == Variant.SNAPSHOTS_ARE_TAKEN_FOR_THE_LOG) {
                return;
            }
            receipts.restored(log.getLast().epoch());
        }
    }
}
