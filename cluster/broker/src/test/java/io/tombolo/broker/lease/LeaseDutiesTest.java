package io.tombolo.broker.lease;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.Worlds.US;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.LeaseLedger.Wish;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Ownership.Mode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

/** What the brokers of both ends of a link from {@code eu} to {@code us} ask of the ledger. */
class LeaseDutiesTest {

    private static final DomainName DOMAIN = new DomainName(LINK.name());

    @Test
    void theSourceHoldsWhatNobodyHasTakenOver() {
        assertThat(wishes(EU, Worlds.image(Worlds.link())))
                .containsExactly(new Wish.Hold(DOMAIN, EU, 0));
        assertThat(wishes(EU, Worlds.image())).as("the file has the link").hasSize(1);
        assertThat(wishes(US, Worlds.image(Worlds.link()))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"STEADY", "FORCED"})
    void theOwnerHoldsUnderItsEpoch(Mode mode) {
        assertThat(wishes(US, image(US, 4, mode))).containsExactly(new Wish.Hold(DOMAIN, US, 4));
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"HANDOVER", "DISPUTED"})
    void whoMayNotWriteHoldsNothing(Mode mode) {
        assertThat(wishes(EU, image(EU, 4, mode))).isEmpty();
    }

    @Test
    void whatWasHandedOverIsPassedOnAndWhatWasTakenIsNot() {
        assertThat(wishes(EU, image(US, 5, Mode.STEADY)))
                .containsExactly(new Wish.PassOn(DOMAIN, EU, US, 5));
        assertThat(wishes(EU, image(US, 5, Mode.FORCED))).isEmpty();
    }

    private static MetadataImage image(RegionId owner, long epoch, Mode mode) {
        return Worlds.image(
                Worlds.link(),
                List.of(
                        new OwnershipRecord(
                                new Ownership(DOMAIN, owner, epoch, mode), "by a test")));
    }

    private static List<Wish> wishes(RegionId region, MetadataImage image) {
        return new LeaseDuties(Worlds.linked(), region).wishes(image);
    }
}
