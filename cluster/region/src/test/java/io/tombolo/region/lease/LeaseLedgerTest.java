package io.tombolo.region.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.LeaseLedger.Entry;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.lease.LeaseLedger.Verdict;
import io.tombolo.region.lease.LeaseLedger.Wish;

import org.junit.jupiter.api.Test;

import java.util.Optional;

/** The table of {@link LeaseLedger}, line by line, and the lease of a holder. */
class LeaseLedgerTest {

    private static final DomainName DOMAIN = new DomainName("eu-to-us");
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final Lease.Terms TERMS = Lease.Terms.STANDARD;
    private static final long START = -5;

    private final LeaseLedger granter = new LeaseLedger(TERMS);

    @Test
    void whoAsksFirstGetsTheLease() {
        assertThat(granter.judge(hold(EU, 0), START)).isEqualTo(agree(grant(EU, 0, 0)));

        assertThat(granter.apply(grant(EU, 0, 0), START)).isTrue();

        assertThat(granter.holding(DOMAIN)).contains(new Holding(EU, 0, 1));
    }

    @Test
    void theHolderRenewsAlsoUnderALaterEpoch() {
        granter.apply(grant(EU, 1, 0), START);

        assertThat(granter.judge(hold(EU, 3), START)).isEqualTo(agree(renew(EU, 3)));

        assertThat(granter.apply(renew(EU, 3), START)).isTrue();
        assertThat(granter.holding(DOMAIN)).contains(new Holding(EU, 3, 2));
    }

    @Test
    void anEarlierEpochIsRefused() {
        granter.apply(grant(EU, 3, 0), START);

        var refused = new Verdict.Refused(Optional.of(new Holding(EU, 3, 1)));
        assertThat(granter.judge(hold(EU, 2), START)).isEqualTo(refused);
        assertThat(granter.judge(hold(US, 3), START)).isEqualTo(refused);
        assertThat(granter.apply(renew(EU, 2), START)).isFalse();
    }

    @Test
    void anotherRegionWaitsUntilTheLeaseHasRunOut() {
        granter.apply(grant(EU, 0, 0), START);
        granter.apply(renew(EU, 0), START + 100);
        long end = START + 100 + TERMS.granterNanos();

        assertThat(granter.judge(hold(US, 1), end - 1))
                .isEqualTo(new Verdict.Wait(new Holding(EU, 0, 2), 1));
        assertThat(granter.judge(hold(US, 1), end)).isEqualTo(agree(grant(US, 1, 2)));
    }

    @Test
    void aGrantIsVoidAfterARenewalThatItDidNotSee() {
        granter.apply(grant(EU, 0, 0), START);
        granter.apply(renew(EU, 0), START);

        assertThat(granter.apply(grant(US, 1, 1), START)).isFalse();

        assertThat(granter.holding(DOMAIN)).contains(new Holding(EU, 0, 2));
    }

    @Test
    void onlyTheHolderPassesTheLeaseOn() {
        granter.apply(grant(EU, 0, 0), START);
        var give = new Entry.Give(DOMAIN, EU, US, 2);

        assertThat(granter.judge(new Wish.PassOn(DOMAIN, US, EU, 2), START))
                .isInstanceOf(Verdict.Refused.class);
        assertThat(granter.judge(new Wish.PassOn(DOMAIN, EU, US, 2), START)).isEqualTo(agree(give));
        assertThat(granter.apply(give, START)).isTrue();
        assertThat(granter.apply(give, START)).isFalse();
        assertThat(granter.judge(hold(US, 2), START)).isEqualTo(agree(renew(US, 2)));
    }

    @Test
    void aVoterThatStartsAgainWaitsAsIfItHadJustHeard() {
        granter.apply(grant(EU, 0, 0), START);
        var again = new LeaseLedger(TERMS);

        granter.kept().forEach(entry -> again.apply(entry, 7));

        assertThat(again.judge(hold(US, 1), 8))
                .isEqualTo(new Verdict.Wait(new Holding(EU, 0, 1), TERMS.granterNanos() - 1));
    }

    @Test
    void aHolderCountsFromItsQuestionAndForOneEpoch() {
        var lease = new Lease(TERMS);
        assertThat(lease.heldAt(0, 0)).isFalse();

        lease.given(1, START);

        assertThat(lease.heldAt(1, START + TERMS.holderNanos() - 1)).isTrue();
        assertThat(lease.heldAt(1, START + TERMS.holderNanos())).isFalse();
        assertThat(lease.heldAt(0, START)).isFalse();
        lease.given(1, START - 50);
        lease.given(0, START + 50);
        assertThat(lease.heldAt(1, START + TERMS.holderNanos() - 1)).isTrue();
    }

    private static Wish hold(RegionId region, long epoch) {
        return new Wish.Hold(DOMAIN, region, epoch);
    }

    private static Entry grant(RegionId region, long epoch, long renewals) {
        return new Entry.Grant(DOMAIN, region, epoch, renewals);
    }

    private static Entry renew(RegionId region, long epoch) {
        return new Entry.Renew(DOMAIN, region, epoch);
    }

    private static Verdict agree(Entry entry) {
        return new Verdict.Agree(entry);
    }
}
