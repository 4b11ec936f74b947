package io.tombolo.region.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.Clock;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.RegionDocument.Version;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class InMemoryRegistryTest {

    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");

    private final ManualClock clock = new ManualClock();
    private final InMemoryRegistry board = new InMemoryRegistry(clock);
    private final RegionRegistry eu = board.of(EU);
    private final RegionRegistry us = board.of(US);

    @Test
    void aPublishedDocumentIsSeenByTheOthersWithItsAge() {
        eu.publish(document(EU, 1));
        clock.now += 5;

        assertThat(us.lastSeen(EU)).contains(new Sighting(document(EU, 1), 5));
        assertThat(us.others()).hasSize(1);
        assertThat(eu.others()).isEmpty();
        assertThat(us.lastSeen(US)).isEmpty();
    }

    @Test
    void anOlderDocumentIsASignOfLifeAndNothingMore() {
        eu.publish(document(EU, 2));
        clock.now += 5;
        eu.publish(document(EU, 1));

        assertThat(us.lastSeen(EU)).contains(new Sighting(document(EU, 2), 0));
    }

    @Test
    void aCutRegionAgesUntilTheCutHeals() {
        eu.publish(document(EU, 1));
        board.cut(EU, US);
        clock.now += 7;
        eu.publish(document(EU, 2));

        assertThat(us.lastSeen(EU)).contains(new Sighting(document(EU, 1), 7));
        board.heal(EU, US);
        assertThat(us.lastSeen(EU)).contains(new Sighting(document(EU, 2), 0));
    }

    @Test
    void subscribersHearOfEveryNewDocumentOnTheirLoop() {
        var loop = new ManualLoop();
        var heard = new ArrayList<Long>();
        eu.publish(document(EU, 1));

        RegionRegistry.Subscription subscription =
                us.subscribe(loop, document -> heard.add(document.version().sequence()));
        eu.publish(document(EU, 2));
        eu.publish(document(EU, 2));
        us.publish(document(US, 9));
        assertThat(heard).isEmpty();
        loop.run();
        subscription.close();
        eu.publish(document(EU, 3));
        loop.run();

        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void aRegionThatJoinsLateSeesWhatWasPublishedBefore() {
        eu.publish(document(EU, 1));

        assertThat(board.of(new RegionId("ap")).lastSeen(EU)).isPresent();
    }

    @Test
    void nobodyPublishesForAnother() {
        assertThatThrownBy(() -> us.publish(document(EU, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNewIncarnationBeatsEverySequence() {
        assertThat(new Version(2, 0)).isGreaterThan(new Version(1, 99));
    }

    private static RegionDocument document(RegionId region, long sequence) {
        return new RegionDocument(
                region, new Version(1, sequence), List.of(), List.of(), List.of());
    }

    private static final class ManualClock implements Clock {

        private long now;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public long wallTimeMs() {
            return now;
        }
    }
}
