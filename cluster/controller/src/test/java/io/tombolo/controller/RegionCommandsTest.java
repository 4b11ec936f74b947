package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.RegionCommand.AllocateProducerIds;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.controller.command.RegionCommand.Direction;
import io.tombolo.controller.command.RegionCommand.FeatureUpdate;
import io.tombolo.controller.command.RegionCommand.FormatRegion;
import io.tombolo.controller.command.RegionCommand.ObserveOwnership;
import io.tombolo.controller.command.RegionCommand.ProducerIdBlock;
import io.tombolo.controller.command.RegionCommand.UpdateFeatures;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.TreeMap;

class RegionCommandsTest {

    private static final DomainName DOMAIN = new DomainName("orders");
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");

    private final Region region = Region.withBrokers(1);

    @Test
    void aNewRegionIsFormattedOnce() {
        MetadataImage formatted = region.image();

        region.done(new FormatRegion());

        assertThat(formatted.region().identity()).contains(Region.EU);
        assertThat(formatted.region().features()).containsOnlyKeys("level");
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void producerIdsComeInBlocksOfTheRegionsOwnRange() {
        long epoch = region.epochOf(1);

        assertThat(region.done(new AllocateProducerIds(1, epoch)))
                .isEqualTo(new ProducerIdBlock(5_000, 1_000));
        assertThat(region.done(new AllocateProducerIds(1, epoch)))
                .isEqualTo(new ProducerIdBlock(6_000, 1_000));
    }

    @Test
    void aRangeThatIsUsedUpIsNotLeft() {
        for (int i = 0; i < 8; i++) {
            region.done(new AllocateProducerIds(1, region.epochOf(1)));
        }

        assertThat(region.refused(new AllocateProducerIds(1, region.epochOf(1))).error())
                .isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void aBrokerOfAnotherEpochGetsNoProducerIds() {
        assertThat(region.refused(new AllocateProducerIds(1, 0)).error())
                .isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(region.refused(new AllocateProducerIds(2, 0)).error())
                .isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    // The feature "level" starts at 3 of 1-5; below 2 metadata is lost.
    @ParameterizedTest
    @CsvSource({
        "level, 5, UPGRADE, true",
        "level, 3, UPGRADE, true",
        "level, 6, UPGRADE, false",
        "level, 2, UPGRADE, false",
        "level, 2, SAFE_DOWNGRADE, true",
        "level, 1, SAFE_DOWNGRADE, false",
        "level, 1, UNSAFE_DOWNGRADE, true",
        "level, 0, UNSAFE_DOWNGRADE, true",
        "level, 4, SAFE_DOWNGRADE, false",
        "level, -1, UNSAFE_DOWNGRADE, false",
        "late, 1, UPGRADE, true",
        "late, 2, UPGRADE, false",
        "unknown, 1, UPGRADE, false",
    })
    void featuresMoveAsTheTableAllows(
            String feature, short level, Direction direction, boolean allowed) {
        var update =
                new UpdateFeatures(List.of(new FeatureUpdate(feature, level, direction)), false);

        if (allowed) {
            region.done(update);
            assertThat(region.image().region().features().getOrDefault(feature, (short) 0))
                    .isEqualTo(level);
        } else {
            assertThat(region.refused(update).error()).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        }
    }

    @Test
    void featuresAreUpdatedAllOrNone() {
        var good = new FeatureUpdate("level", (short) 5, Direction.UPGRADE);
        var bad = new FeatureUpdate("late", (short) 9, Direction.UPGRADE);

        region.refused(new UpdateFeatures(List.of(good, bad), false));
        region.done(new UpdateFeatures(List.of(good), true));

        assertThat(region.image().region().features().get("level")).isEqualTo((short) 3);
    }

    @Test
    void aFeatureRisesOnlyWhenTheLastBrokerUnderstandsIt() {
        var rise = new UpdateFeatures(List.of(up("level", 5)), false);
        region.done(understanding(1, 3));
        region.done(understanding(2, 3));
        region.done(understanding(1, 5));

        Refusal early = region.refused(rise);
        region.done(understanding(2, 5));
        region.done(rise);

        assertThat(early)
                .isEqualTo(
                        new Refusal(
                                Errors.INVALID_UPDATE_VERSION,
                                "Invalid update version 5 for feature level. Broker 2 only supports"
                                        + " versions 1-3."));
        assertThat(region.image().region().features().get("level")).isEqualTo((short) 5);
    }

    @Test
    void aFeatureRisesOnlyWhenEveryControllerOfItsOwnUnderstandsIt() {
        var rise = new UpdateFeatures(List.of(up("level", 5)), false);
        region.done(understanding(1, 5));
        region.voters.addAll(List.of(1, 100_001, 100_002));
        region.done(told(100_001, 5));
        region.done(told(100_003, 3));

        Refusal silent = region.refused(rise);
        region.done(told(100_002, 4));
        Refusal early = region.refused(rise);
        region.done(told(100_002, 5));
        region.done(rise);

        assertThat(silent.message())
                .endsWith("Controller 100002 has not told yet what it supports.");
        assertThat(early.message()).endsWith("Controller 100002 only supports versions 1-4.");
        assertThat(region.image().region().features().get("level")).isEqualTo((short) 5);
    }

    @Test
    void aControllerThatIsTooOldForTheRegionIsRefusedAndWhatIsKnownChangesNothing() {
        region.done(told(100_001, 5));
        long before = region.image().place().offset();
        region.done(told(100_001, 5));
        long after = region.image().place().offset();
        region.done(new UpdateFeatures(List.of(up("level", 5)), false));

        Refusal tooOld = region.refused(told(100_001, 4));

        assertThat(after).isEqualTo(before);
        assertThat(tooOld)
                .isEqualTo(
                        new Refusal(
                                Errors.UNSUPPORTED_VERSION,
                                "The controller cannot run version 5 of level, which is finalized."
                                        + " It only supports versions 1-4."));
    }

    @Test
    void aControllerThatIsGoneForGoodIsForgotten() {
        var gone = new RegionCommand.UnregisterController(100_001);
        region.done(told(100_001, 5));

        region.done(gone);
        Refusal again = region.refused(gone);

        assertThat(region.image().region().controllers()).isEmpty();
        assertThat(again)
                .isEqualTo(
                        new Refusal(
                                Errors.CONTROLLER_ID_NOT_REGISTERED,
                                "Controller ID 100001 is not currently registered"));
    }

    private static RegionCommand.RegisterController told(int id, int levelMax) {
        var features = new TreeMap<String, BrokerRegistration.Levels>();
        features.put("level", new BrokerRegistration.Levels((short) 1, (short) levelMax));
        features.put("late", new BrokerRegistration.Levels((short) 0, (short) 1));
        return new RegionCommand.RegisterController(id, features);
    }

    @Test
    void whoGoesBackToAnOlderReleaseIsRefusedUntilTheFeatureIsLowered() {
        region.done(understanding(1, 5));
        region.done(new UpdateFeatures(List.of(up("level", 5)), false));

        Refusal tooOld = region.refused(understanding(1, 4));
        region.done(
                new UpdateFeatures(
                        List.of(new FeatureUpdate("level", (short) 4, Direction.SAFE_DOWNGRADE)),
                        false));
        region.done(understanding(1, 4));

        assertThat(tooOld.error()).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(tooOld.message()).contains("version 5 of level").contains("versions 1-4");
    }

    private static FeatureUpdate up(String feature, int level) {
        return new FeatureUpdate(feature, (short) level, Direction.UPGRADE);
    }

    /** A process of a release that runs {@code level} from 1 up to this. */
    private RegisterBroker understanding(int broker, int max) {
        RegisterBroker plain =
                Region.registration(broker, new Uuid(max, region.image().place().offset()));
        var features = new TreeMap<String, BrokerRegistration.Levels>();
        features.put("level", new BrokerRegistration.Levels((short) 1, (short) max));
        return new RegisterBroker(
                broker,
                plain.incarnation(),
                new BrokerRegistration.Endpoints(plain.endpoints().listeners(), "r", features),
                plain.logDirs(),
                plain.previousBrokerEpoch());
    }

    @Test
    void aClaimTakesTheNextEpoch() {
        Ownership first = claim(EU, 0);
        Ownership second = claim(US, 1);

        assertThat(first).isEqualTo(new Ownership(DOMAIN, EU, 1, Ownership.Mode.STEADY));
        assertThat(second.epoch()).isEqualTo(2);
        assertThat(region.image().region().mayWrite(DOMAIN)).isFalse();
    }

    @Test
    void aClaimWithAnOldEpochIsRefused() {
        claim(US, 0);

        assertThat(
                        region.refused(
                                        new ClaimOwnership(
                                                DOMAIN, EU, 0, Ownership.Mode.FORCED, "test"))
                                .error())
                .isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }

    @Test
    void theOwnerDoesNotClaimAgain() {
        claim(EU, 0);

        assertThat(
                        region.refused(
                                        new ClaimOwnership(
                                                DOMAIN, EU, 1, Ownership.Mode.STEADY, "test"))
                                .error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aHigherForeignEpochFencesThisRegion() {
        claim(EU, 0);
        var remote = new Ownership(DOMAIN, US, 2, Ownership.Mode.FORCED);

        var news = region.done(new ObserveOwnership(List.of(remote), "seen on the link"));

        assertThat(news).extracting(record -> record.ownership()).containsExactly(remote);
        assertThat(region.image().region().mayWrite(DOMAIN)).isFalse();
    }

    @Test
    void anOldForeignEpochIsNoNews() {
        claim(EU, 0);
        claim(US, 1);

        var news =
                region.done(
                        new ObserveOwnership(
                                List.of(new Ownership(DOMAIN, EU, 1, Ownership.Mode.STEADY)),
                                "late"));

        assertThat(news).isEmpty();
        assertThat(region.last().batches()).isEmpty();
    }

    private Ownership claim(RegionId owner, long expectedEpoch) {
        return region.done(
                new ClaimOwnership(DOMAIN, owner, expectedEpoch, Ownership.Mode.STEADY, "test"));
    }
}
