package io.tombolo.region.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Ownership.Mode;

import org.junit.jupiter.api.Test;

import java.util.List;

class OwnershipLedgerTest {

    private static final DomainName SHOP = new DomainName("shop");
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final Takeover TAKEN = new Takeover(EU, NameFilter.of("orders*", "!orders.old"));

    @Test
    void everyRegionMayWriteWhatNobodyHasClaimed() {
        assertThat(OwnershipLedger.EMPTY.mayWrite(SHOP, US)).isTrue();
        assertThat(OwnershipLedger.EMPTY.epochOf(SHOP)).isZero();
    }

    @Test
    void theFirstClaimStartsEpochOne() {
        Claim claim = OwnershipLedger.EMPTY.claim(SHOP, EU, 0, Mode.STEADY);

        assertThat(claim).isEqualTo(new Claim.Granted(new Ownership(SHOP, EU, 1, Mode.STEADY)));
    }

    @Test
    void aGrantedClaimChangesNothingBeforeItIsCommitted() {
        OwnershipLedger ledger = ledger(EU, 1, Mode.STEADY);

        var granted = (Claim.Granted) ledger.claim(SHOP, US, 1, Mode.FORCED);

        assertThat(ledger.mayWrite(SHOP, EU)).isTrue();
        assertThat(ledger.with(granted.next()).mayWrite(SHOP, EU)).isFalse();
        assertThat(ledger.with(granted.next()).mayWrite(SHOP, US)).isTrue();
    }

    @Test
    void aClaimThatExpectsAnotherEpochIsRefused() {
        assertThat(ledger(EU, 4, Mode.STEADY).claim(SHOP, US, 3, Mode.FORCED))
                .isEqualTo(new Claim.StaleEpoch(3, 4));
    }

    @Test
    void theOwnerDoesNotBurnEpochs() {
        OwnershipLedger ledger = ledger(EU, 4, Mode.FORCED);

        assertThat(ledger.claim(SHOP, EU, 4, Mode.STEADY)).isInstanceOf(Claim.AlreadyOwner.class);
        assertThat(ledger.claim(SHOP, EU, 4, Mode.HANDOVER)).isInstanceOf(Claim.Granted.class);
    }

    @Test
    void nobodyWritesDuringAHandover() {
        OwnershipLedger ledger = ledger(EU, 4, Mode.HANDOVER);

        assertThat(ledger.mayWrite(SHOP, EU)).isFalse();
        assertThat(ledger.mayWrite(SHOP, US)).isFalse();
        assertThat(ledger.claim(SHOP, EU, 4, Mode.STEADY)).isInstanceOf(Claim.Granted.class);
        assertThat(ledger.claim(SHOP, US, 4, Mode.STEADY)).isInstanceOf(Claim.Granted.class);
    }

    @Test
    void onlyTheOwnerHandsOver() {
        assertThat(ledger(EU, 4, Mode.STEADY).claim(SHOP, US, 4, Mode.HANDOVER))
                .isInstanceOf(Claim.NotOwner.class);
        assertThat(ledger(EU, 4, Mode.HANDOVER).claim(SHOP, EU, 4, Mode.HANDOVER))
                .isInstanceOf(Claim.NotOwner.class);
        assertThat(OwnershipLedger.EMPTY.claim(SHOP, EU, 0, Mode.HANDOVER))
                .isInstanceOf(Claim.NotOwner.class);
    }

    @Test
    void whoeverTookOverWithoutHearingOfAHandoverGoesOn() {
        var handover = new Ownership(SHOP, EU, 5, Mode.HANDOVER);
        var forced = new Ownership(SHOP, US, 5, Mode.FORCED);
        var settled = new Ownership(SHOP, US, 6, Mode.FORCED);

        assertThat(OwnershipLedger.of(List.of(handover)).observe(List.of(forced)))
                .containsExactly(settled);
        assertThat(OwnershipLedger.of(List.of(forced)).observe(List.of(handover)))
                .containsExactly(settled);
        assertThat(
                        OwnershipLedger.of(List.of(new Ownership(SHOP, US, 5, Mode.STEADY)))
                                .observe(List.of(forced)))
                .containsExactly(settled);
    }

    @Test
    void aHigherEpochOfAnotherRegionIsNews() {
        var higher = new Ownership(SHOP, US, 7, Mode.FORCED);

        assertThat(ledger(EU, 4, Mode.STEADY).observe(List.of(higher))).containsExactly(higher);
    }

    @Test
    void theSameOrALowerEpochIsOldNews() {
        var same = new Ownership(SHOP, EU, 4, Mode.STEADY);
        var lower = new Ownership(SHOP, US, 3, Mode.FORCED);

        assertThat(ledger(EU, 4, Mode.STEADY).observe(List.of(lower, same))).isEmpty();
    }

    @Test
    void twoOwnersOfOneEpochLeadToADisputeThatBothSidesDerive() {
        var ofEu = new Ownership(SHOP, EU, 5, Mode.FORCED);
        var ofUs = new Ownership(SHOP, US, 5, Mode.FORCED);
        var settled = new Ownership(SHOP, EU, 6, Mode.DISPUTED);

        assertThat(OwnershipLedger.of(List.of(ofEu)).observe(List.of(ofUs)))
                .containsExactly(settled);
        assertThat(OwnershipLedger.of(List.of(ofUs)).observe(List.of(ofEu)))
                .containsExactly(settled);
    }

    @Test
    void whatWasTakenOverIsLearntLaterAndNotForgotten() {
        var bare = new Ownership(SHOP, US, 5, Mode.FORCED);
        var whole = bare.with(TAKEN);

        assertThat(OwnershipLedger.of(List.of(bare)).observe(List.of(whole)))
                .containsExactly(whole);
        assertThat(OwnershipLedger.of(List.of(whole)).observe(List.of(bare))).isEmpty();
        assertThat(
                        OwnershipLedger.of(List.of(whole))
                                .observe(List.of(new Ownership(SHOP, US, 7, Mode.FORCED))))
                .containsExactly(new Ownership(SHOP, US, 7, Mode.FORCED).with(TAKEN));
    }

    @Test
    void bothSidesOfADisputeKeepAllThatWasTakenOver() {
        var ofEu = new Ownership(SHOP, EU, 5, Mode.FORCED);
        var ofUs = new Ownership(SHOP, US, 5, Mode.FORCED).with(TAKEN);
        var settled = new Ownership(SHOP, EU, 6, Mode.DISPUTED).with(TAKEN);

        assertThat(OwnershipLedger.of(List.of(ofEu)).observe(List.of(ofUs)))
                .containsExactly(settled);
        assertThat(OwnershipLedger.of(List.of(ofUs)).observe(List.of(ofEu)))
                .containsExactly(settled);
    }

    @Test
    void ofTwoFiltersNothingIsLeftOutThatEitherIncludes() {
        var both = TAKEN.and(new Takeover(EU, NameFilter.of("bills", "!x")));

        assertThat(List.of("orders", "bills", "orders.old"))
                .allMatch(topic -> both.took(EU, topic))
                .noneMatch(topic -> both.took(US, topic));
        assertThat(both.took(EU, "local")).isFalse();
        assertThat(TAKEN.and(TAKEN)).isEqualTo(TAKEN);
        assertThat(Takeover.of(EU, TAKEN.patterns())).isEqualTo(TAKEN);
    }

    @Test
    void theLastEpochIsNeverPassed() {
        OwnershipLedger ledger = ledger(EU, Ownership.EPOCH_MAX, Mode.STEADY);

        assertThat(ledger.claim(SHOP, US, Ownership.EPOCH_MAX, Mode.FORCED))
                .isInstanceOf(Claim.Exhausted.class);
        assertThat(
                        ledger.observe(
                                List.of(new Ownership(SHOP, US, Ownership.EPOCH_MAX, Mode.FORCED))))
                .isEmpty();
    }

    private static OwnershipLedger ledger(RegionId owner, long epoch, Mode mode) {
        return OwnershipLedger.of(List.of(new Ownership(SHOP, owner, epoch, mode)));
    }
}
