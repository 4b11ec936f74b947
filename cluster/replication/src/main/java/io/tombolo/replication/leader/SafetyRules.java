package io.tombolo.replication.leader;

import io.tombolo.metadata.record.BrokerIds;

/**
 * The rules on which every acknowledged record depends, one method each, so that a test can show
 * what breaks without it. Nothing but tests has other rules than {@link #STANDARD}.
 */
public class SafetyRules {

    public static final SafetyRules STANDARD = new SafetyRules();

    protected SafetyRules() {}

    /**
     * Whom the high watermark waits for: the maximal ISR. The controller may have committed a
     * proposal that was not answered yet, so both who would join by it and who would leave count.
     */
    protected BrokerIds awaited(BrokerIds committed, BrokerIds proposed) {
        BrokerIds all = committed;
        for (int brokerId : proposed.asList()) {
            all = all.with(brokerId);
        }
        return all;
    }

    /**
     * Strict min ISR (KIP-966): with fewer replicas in sync the high watermark stands still, so
     * whoever left the ISR last has everything below it and may be elected.
     */
    protected boolean enoughToAdvance(int inSyncCount, int inSyncMin) {
        return inSyncCount >= inSyncMin;
    }

    /** Whether a follower speaks as its latest incarnation; −1 is one that does not tell. */
    protected boolean currentIncarnation(long brokerEpoch, long latestBrokerEpoch) {
        return brokerEpoch == -1 || brokerEpoch >= latestBrokerEpoch;
    }

    /**
     * Whether what an incarnation of a follower has fetched still counts for the high watermark: a
     * later one may have come back with less. The partition hears only after its broker that the
     * follower is out of the ISR for that.
     */
    protected boolean positionCounts(long brokerEpoch, long registeredEpoch) {
        return currentIncarnation(brokerEpoch, registeredEpoch);
    }

    /** Whether a follower that has everything below its offset may join the ISR. */
    protected boolean caughtUp(long offset, long highWatermark, long epochStartOffset) {
        return offset >= highWatermark && offset >= epochStartOffset;
    }

    /** Whether the position of a follower counts although its last record is not in the log. */
    public boolean countsDiverging() {
        return false;
    }
}
