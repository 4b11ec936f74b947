package io.tombolo.broker.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes of configs while controllers come and go, answers and questions are lost or late, and the
 * log is seen late or only as a snapshot. Each is done once or not at all, and so it is told.
 */
class ReceiptSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 300);
    private static final int STEPS = 600;
    private static final int WISHES_MAX = 5;
    private static final Duration STEP = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final List<ConfigResource> TOPICS =
            List.of(ConfigResource.topic("a"), ConfigResource.topic("b"));

    private int resolvedCount;
    private int unknownCount;

    @Test
    void aChangeIsMadeOnceOrNotAtAllAndSoItIsTold() {
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? first + SEEDS - 1 : first;
        for (long seed = first; seed <= last; seed++) {
            live(seed, ModelRegion.Variant.SOUND);
        }
        if (last > first) {
            assertThat(resolvedCount).as("answers found in the log").isPositive();
            assertThat(unknownCount).as("answers found nowhere").isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(value = ModelRegion.Variant.class, mode = EnumSource.Mode.EXCLUDE, names = "SOUND")
    void everyVariantIsCaught(ModelRegion.Variant variant) {
        assertThatThrownBy(
                        () -> {
                            for (long seed = 1; seed <= SEEDS; seed++) {
                                live(seed, variant);
                            }
                        })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("times");
    }

    /** What somebody wants of one topic. */
    private static final class Wish {
        final List<Answer<Applied>> answers = new ArrayList<>();
    }

    private void live(long seed, ModelRegion.Variant variant) {
        var region = new ModelRegion(seed, variant);
        var receipts = new Receipts(region.loop());
        region.tell(receipts);
        Map<String, Wish> wishes = new LinkedHashMap<>();
        for (int step = 0; step < STEPS; step++) {
            boolean room =
                    wishes.values().stream().filter(wish -> wish.answers.isEmpty()).count()
                            < WISHES_MAX;
            if (room && region.dice().chance(0.2)) {
                wish(region, receipts, wishes);
            }
            region.step();
            region.loop().advance(STEP);
        }
        region.heal();
        region.loop().advance(PATIENCE.plus(PATIENCE));
        region.heal();
        wishes.forEach((value, wish) -> judge(seed, value, wish, region));
        resolvedCount += region.doubtCount() - region.unresolvedCount();
    }

    private static void wish(ModelRegion region, Receipts receipts, Map<String, Wish> wishes) {
        String value = "v" + wishes.size();
        var alterations = new ArrayList<Alteration>();
        var mine = new LinkedHashMap<ConfigResource, Wish>();
        for (ConfigResource topic : TOPICS) {
            if (mine.isEmpty() || region.dice().chance(0.3)) {
                String own = value + topic.name();
                mine.put(topic, new Wish());
                wishes.put(own, mine.get(topic));
                alterations.add(new Alteration(topic, List.of(new Change.Set("k", own))));
            }
        }
        var ask =
                new ConfigChange.Ask(
                        new Uuid(1, wishes.size()),
                        new IncrementalAlterConfigs(alterations, Origin.CLIENT, false),
                        region.loop().nanoTime() + PATIENCE.toNanos(),
                        answer -> {
                            if (answer
                                    instanceof
                                    Answer.Done<Map<ConfigResource, Answer<Applied>>>(var each)) {
                                mine.forEach((topic, wish) -> wish.answers.add(each.get(topic)));
                            }
                        });
        new ConfigChange(region, receipts, region.loop(), ask).begin();
    }

    private void judge(long seed, String value, Wish wish, ModelRegion region) {
        int effects = region.effects(value);
        String what = "seed %d: %s".formatted(seed, value);
        assertThat(wish.answers).as(what + " is answered several times").hasSize(1);
        Answer<Applied> answer = wish.answers.getFirst();
        if (answer instanceof Answer.Done<Applied>) {
            assertThat(effects).as(what + " was acknowledged, done so many times").isEqualTo(1);
        } else {
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused ->
                                    assertThat(refused.error()).isEqualTo(Errors.NOT_CONTROLLER));
            assertThat(effects).as(what + " is in doubt, done so many times").isLessThan(2);
            unknownCount++;
        }
    }
}
