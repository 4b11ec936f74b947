package io.tombolo.coordinator.group;

/** Where a classic group stands; names as Kafka's tools show them. */
enum GroupState {
    /** No members; perhaps offsets, perhaps ids handed out to members to be. */
    EMPTY("Empty"),
    /** Members are being gathered for the next generation. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** The generation stands; its leader has not assigned yet. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** Every member has, or can fetch, its assignment. */
    STABLE("Stable");

    /** What a group that does not exist is called. */
    static final String DEAD = "Dead";

    private final String label;

    GroupState(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
