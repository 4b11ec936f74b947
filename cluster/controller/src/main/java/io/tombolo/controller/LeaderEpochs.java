package io.tombolo.controller;

/**
 * The leader epochs that a region gives out while it owns a topic. Clients keep the highest epoch
 * that they have seen of a topic id and take metadata with a lower one for old news, whichever
 * region it is from. The old owner may have elected leaders whose epochs no batch carries, so the
 * copy does not tell how far it has come; but each owner has an ownership epoch of its own, and so
 * a range of leader epochs that lies above those of all owners before.
 */
final class LeaderEpochs {

    /** How many elections an owner has before its epochs run into the range of the next one. */
    static final int RANGE = 1 << 16;

    /** Beyond this ownership epoch ranges have no room in an int, and epochs only go on. */
    static final long OWNERSHIP_EPOCH_MAX = Integer.MAX_VALUE / RANGE;

    private LeaderEpochs() {}

    /**
     * The first leader epoch of an owner.
     *
     * @param atLeast above every epoch that is known here
     */
    static int firstAbove(int atLeast, long ownershipEpoch) {
        return ownershipEpoch > OWNERSHIP_EPOCH_MAX
                ? atLeast
                : Math.max(atLeast, (int) ownershipEpoch * RANGE);
    }
}
