package io.tombolo.region.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership.Mode;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Regions claim domains and hear of each other late, in any order, or not at all. Invariants: in a
 * ledger epochs never go back; in a ledger an epoch has one owner for ever; once all records are
 * exchanged and nobody claims, all ledgers are equal.
 */
class OwnershipSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 300);
    private static final List<RegionId> REGIONS =
            List.of(new RegionId("eu"), new RegionId("us"), new RegionId("ap"));
    private static final List<DomainName> DOMAINS =
            List.of(new DomainName("shop"), new DomainName("bank"));

    @Test
    void ledgersThatExchangeRecordsConvergeAndEpochsNeverGoBack() {
        for (long seed = 0; seed < SEEDS; seed++) {
            new World(seed, Precedence.BY_EPOCH).run();
        }
    }

    @Test
    void oneSeedTwiceGivesOneTrace() {
        var first = new World(7, Precedence.BY_EPOCH);
        var second = new World(7, Precedence.BY_EPOCH);

        first.run();
        second.run();

        assertThat(first.trace).hasToString(second.trace.toString());
    }

    @Test
    void aLedgerThatLetsEqualEpochsReplaceIsCaught() {
        assertCaught((candidate, current) -> candidate.epoch() >= current, "owner of epoch");
    }

    @Test
    void aLedgerThatLetsLowerEpochsReplaceIsCaught() {
        assertCaught((candidate, current) -> true, "epoch goes back");
    }

    @Test
    void aLedgerThatSettlesDifferentlyOnEachSideIsCaught() {
        Precedence firstComeFirstServed =
                new Precedence() {
                    @Override
                    public boolean replaces(Ownership candidate, long currentEpoch) {
                        return Precedence.BY_EPOCH.replaces(candidate, currentEpoch);
                    }

                    @Override
                    public Ownership settle(Ownership one, Ownership other) {
                        return one;
                    }
                };

        assertThatThrownBy(() -> runAll(firstComeFirstServed)).hasMessageContaining("not converge");
    }

    private interface Replaces {
        boolean replaces(Ownership candidate, long currentEpoch);
    }

    private static void assertCaught(Replaces mutant, String invariant) {
        Precedence broken =
                new Precedence() {
                    @Override
                    public boolean replaces(Ownership candidate, long currentEpoch) {
                        return mutant.replaces(candidate, currentEpoch);
                    }

                    @Override
                    public Ownership settle(Ownership one, Ownership other) {
                        return other;
                    }
                };
        assertThatThrownBy(() -> runAll(broken)).hasMessageContaining(invariant);
    }

    private static void runAll(Precedence precedence) {
        for (long seed = 0; seed < SEEDS; seed++) {
            new World(seed, precedence).run();
        }
    }

    private static final class World {

        private final long seed;
        private final Random random;
        private final StringBuilder trace = new StringBuilder();
        private final Map<RegionId, OwnershipLedger> ledgers = new HashMap<>();
        private final Map<String, Ownership> history = new HashMap<>();
        private final List<List<Ownership>> underWay = new ArrayList<>();

        World(long seed, Precedence precedence) {
            this.seed = seed;
            this.random = new Random(seed);
            REGIONS.forEach(region -> ledgers.put(region, OwnershipLedger.ruledBy(precedence)));
        }

        void run() {
            for (int step = 0; step < 60; step++) {
                RegionId region = REGIONS.get(random.nextInt(REGIONS.size()));
                switch (random.nextInt(3)) {
                    case 0 -> claim(region);
                    case 1 -> underWay.add(ledgers.get(region).records());
                    default -> deliver(region);
                }
            }
            exchangeAll();
            checkConverged();
        }

        private void claim(RegionId region) {
            OwnershipLedger ledger = ledgers.get(region);
            DomainName domain = DOMAINS.get(random.nextInt(DOMAINS.size()));
            long expected = ledger.epochOf(domain) - (random.nextInt(8) == 0 ? 1 : 0);
            Mode mode = Mode.values()[random.nextInt(Mode.values().length)];
            if (ledger.claim(domain, region, expected, mode) instanceof Claim.Granted granted) {
                commit(region, granted.next());
            }
        }

        /** Messages are old, come in any order and may come twice. */
        private void deliver(RegionId region) {
            if (!underWay.isEmpty()) {
                hear(region, underWay.get(random.nextInt(underWay.size())));
            }
        }

        private void hear(RegionId region, List<Ownership> records) {
            for (Ownership news : ledgers.get(region).observe(records)) {
                commit(region, news);
            }
        }

        private void commit(RegionId region, Ownership record) {
            OwnershipLedger before = ledgers.get(region);
            OwnershipLedger after = before.with(record);
            trace.append(region).append(' ').append(record).append('\n');
            check(
                    after.epochOf(record.domain()) >= before.epochOf(record.domain()),
                    "epoch goes back in " + region + ": " + record);
            Ownership now = after.find(record.domain()).orElseThrow();
            String key = region + "/" + now.domain() + "/" + now.epoch();
            Ownership first = history.putIfAbsent(key, now);
            check(
                    first == null || first.owner().equals(now.owner()),
                    "owner of epoch changes in " + region + ": " + first + " " + now);
            ledgers.put(region, after);
        }

        private void exchangeAll() {
            for (int round = 0; round < 12; round++) {
                for (RegionId from : REGIONS) {
                    for (RegionId to : REGIONS) {
                        hear(to, ledgers.get(from).records());
                    }
                }
            }
        }

        private void checkConverged() {
            OwnershipLedger first = ledgers.get(REGIONS.getFirst());
            for (RegionId region : REGIONS) {
                check(first.equals(ledgers.get(region)), "ledgers do not converge: " + ledgers);
            }
        }

        private void check(boolean holds, String claim) {
            if (!holds) {
                throw new AssertionError("seed " + seed + ": " + claim + "\n" + trace);
            }
        }
    }
}
