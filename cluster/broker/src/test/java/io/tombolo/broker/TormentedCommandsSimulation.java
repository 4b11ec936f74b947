package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.broker.request.Answers;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.environment.simulated.fault.FaultKind;
import io.tombolo.environment.simulated.fault.FaultSchedule;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Commands that are under way to the active controller while it is killed, cut off or its answers
 * are lost. Whoever asks hears once what became of it, and it is done once or not at all: also when
 * somebody else has changed the same meanwhile, it does not come back.
 */
class TormentedCommandsSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 10);
    private static final Duration TORMENT = Duration.ofSeconds(60);
    private static final Duration GAP = Duration.ofSeconds(3);
    private static final Duration PACE = Duration.ofMillis(100);
    private static final Duration IMPATIENCE = Duration.ofMillis(300);

    /** Longer than a broker looks for a controller. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Set<FaultKind> KINDS =
            EnumSet.of(
                    FaultKind.KILL,
                    FaultKind.PAUSE,
                    FaultKind.CUT,
                    FaultKind.PARTITION,
                    FaultKind.RESET,
                    FaultKind.DELAY,
                    FaultKind.LOST_ANSWERS);

    /** What somebody has asked for, and what came of it. */
    private static final class Wish {

        private final BrokerCore asked;
        private boolean shared;
        private int answerCount;
        private Optional<Errors> refusal = Optional.empty();
        private int effectCount;

        Wish(BrokerCore asked) {
            this.asked = asked;
        }

        boolean done() {
            return answerCount > 0 && refusal.isEmpty();
        }

        void answered(Answer<?> answer) {
            answerCount++;
            if (answer instanceof Answer.Refused<?> refused) {
                refusal = Optional.of(refused.error());
            }
        }

        @Override
        public String toString() {
            return "answered %d times, refused %s, done %d times"
                    .formatted(answerCount, refusal, effectCount);
        }
    }

    @Test
    void aCommandIsDoneOnceOrNotAtAllAndSoItIsTold() {
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? first + SEEDS - 1 : first;
        int done = 0;
        int doneThoughRefused = 0;
        int notDone = 0;
        for (long seed = first; seed <= last; seed++) {
            try {
                var history = new History(seed, false);
                history.live();
                for (Wish wish : history.wishes.values()) {
                    done += wish.done() ? 1 : 0;
                    doneThoughRefused += wish.refusal.isPresent() ? wish.effectCount : 0;
                    notDone += wish.refusal.isPresent() && wish.effectCount == 0 ? 1 : 0;
                }
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        assertThat(done).isGreaterThan(100 * (int) (last - first + 1));
        if (last > first) {
            assertThat(doneThoughRefused).as("done, and the answer lost").isPositive();
            assertThat(notDone).as("lost on the way").isPositive();
        }
    }

    /** Before it is known whether it was done: the mutant that shows what the law forbids. */
    @Test
    void whoRepeatsWhatMayHaveBeenDoneBreaksTheLaw() {
        assertThatThrownBy(
                        () -> {
                            for (long seed = 1; seed <= 30; seed++) {
                                new History(seed, true).live();
                            }
                        })
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s).*done [2-9] times.*");
    }

    /** The life of one region and of three who ask, one at each broker. */
    private static final class History {

        private static final ConfigResource ORDERS = ConfigResource.topic("orders");

        /** All set this; when two do so in one batch, only the last one is seen. */
        private static final String SHARED = "retention.ms";

        /** The one who asks at broker n sets this alone. */
        private static final List<String> OWN =
                List.of("", "segment.ms", "retention.bytes", "flush.ms");

        private final boolean repeating;
        private final SimulatedRegion region;
        private final Simulator simulator;
        private final FaultSchedule faults;
        private final Map<String, Wish> wishes = new LinkedHashMap<>();
        private final Map<Integer, String> lastWishes = new TreeMap<>();
        private final Map<String, String> values = new TreeMap<>();
        private final Set<String> topicsAwaited = new TreeSet<>();
        private long seenOffset = -1;
        private long count;
        private boolean over;

        /**
         * @param repeating whether whoever hears nothing for a while asks again
         */
        History(long seed, boolean repeating) {
            this.repeating = repeating;
            region = new SimulatedRegion(seed);
            simulator = region.simulator;
            ReplicatedTopic.create(region, ORDERS.name(), 1);
            faults =
                    FaultSchedule.drawn(
                            simulator.entropy("faults"),
                            KINDS,
                            SimulatedRegion.ALL.stream().map(SimulatedRegion::host).toList(),
                            TORMENT,
                            GAP);
        }

        void live() {
            simulator.afterEachEvent(this::observe);
            faults.playOn(simulator);
            askLater();
            simulator.runFor(TORMENT);
            over = true;
            heal();
            simulator.runFor(PATIENCE);
            String after = " after\n" + faults;
            wishes.forEach((value, wish) -> {
                if (region.core(numberOf(value)) == wish.asked) {
                    assertThat(wish.answerCount).as(value + " " + wish + after).isEqualTo(1);
                }
                assertThat(wish.answerCount).as(value + " " + wish + after).isLessThan(2);
                assertThat(wish.effectCount).as(value + " " + wish + after).isLessThan(2);
                if (wish.done() && !wish.shared) {
                    assertThat(wish.effectCount).as(value + " " + wish + after).isEqualTo(1);
                }
                if (wish.refusal.isPresent() && wish.refusal.get() != Errors.NOT_CONTROLLER) {
                    assertThat(wish.effectCount).as(value + " " + wish + after).isZero();
                }
            });
        }

        /** What all brokers agree on, change by change, as the furthest of them tells it. */
        private void observe() {
            for (int number : SimulatedRegion.ALL) {
                if (region.serves(number)) {
                    MetadataImage image = region.core(number).images().current();
                    if (image.place().offset() > seenOffset) {
                        seenOffset = image.place().offset();
                        observe(image);
                    }
                }
            }
        }

        private void observe(MetadataImage image) {
            for (Map.Entry<String, String> each : image.configs().of(ORDERS).entrySet()) {
                String before = values.put(each.getKey(), each.getValue());
                Wish wish = wishes.get(each.getValue());
                if (wish != null && !each.getValue().equals(before)) {
                    wish.effectCount++;
                }
            }
            for (String topic : Set.copyOf(topicsAwaited)) {
                if (image.topics().topic(topic).isPresent()) {
                    topicsAwaited.remove(topic);
                    Objects.requireNonNull(wishes.get(topic)).effectCount++;
                }
            }
        }

        private void askLater() {
            simulator.after(
                    PACE,
                    "ask",
                    () -> {
                        if (!over) {
                            SimulatedRegion.ALL.forEach(this::ask);
                            askLater();
                        }
                    });
        }

        /** Whoever has heard what became of the last wish has another one. */
        private void ask(int number) {
            SimulatedNode node = simulator.node(SimulatedRegion.host(number));
            if (!node.running() || node.paused() || !region.serves(number)) {
                return;
            }
            BrokerCore core = region.core(number);
            Wish last = wishes.get(lastWishes.getOrDefault(number, ""));
            if (last != null && last.asked == core && last.answerCount == 0) {
                return;
            }
            String value = Long.toString(10 * (1_000_000 + ++count) + number);
            var wish = new Wish(core);
            wishes.put(value, wish);
            lastWishes.put(number, value);
            region.loop(number).execute(() -> submit(core, number, value, wish));
        }

        private static int numberOf(String value) {
            return value.charAt(value.length() - 1) - '0';
        }

        private void submit(BrokerCore core, int number, String value, Wish wish) {
            if (value.hashCode() % 8 == 0) {
                topicsAwaited.add(value);
                core.submit(
                        new TopicCommand.CreateTopics(
                                List.of(NewTopic.of(value, 1, 1, new TreeMap<>())), false),
                        region.loop(number),
                        answer -> wish.answered(Answers.part(answer, value)));
                return;
            }
            wish.shared = value.hashCode() % 4 != 1;
            var change = new Change.Set(wish.shared ? SHARED : OWN.get(number), value);
            core.submit(
                    new IncrementalAlterConfigs(
                            List.of(new Alteration(ORDERS, List.of(change))), Origin.CLIENT, false),
                    region.loop(number),
                    answer -> {
                        if (!repeating || wish.answerCount == 0) {
                            wish.answered(Answers.part(answer, ORDERS));
                        }
                    });
            if (repeating) {
                simulator.after(IMPATIENCE, "ask again", () -> again(core, number, value, wish));
            }
        }

        private void again(BrokerCore core, int number, String value, Wish wish) {
            if (wish.answerCount == 0 && region.core(number) == core && !over) {
                region.loop(number).execute(() -> submit(core, number, value, wish));
            }
        }

        private void heal() {
            simulator.network().healAll();
            for (int number : SimulatedRegion.ALL) {
                SimulatedNode node = simulator.node(SimulatedRegion.host(number));
                if (!node.running()) {
                    region.restart(number);
                } else if (node.paused()) {
                    node.resume();
                }
            }
        }
    }
}
