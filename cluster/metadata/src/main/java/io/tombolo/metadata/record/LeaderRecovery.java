package io.tombolo.metadata.record;

/** Whether the leader of a partition was chosen among replicas that had every committed record. */
public enum LeaderRecovery {
    /** It was, or it has since settled what it has. */
    RECOVERED(0),
    /** It was not: committed records may be missing, and the leader has not settled yet. */
    RECOVERING(1);

    private final int code;

    LeaderRecovery(int code) {
        this.code = code;
    }

    /** Kafka's number for it. */
    public byte code() {
        return (byte) code;
    }

    /**
     * The state with Kafka's number.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static LeaderRecovery ofCode(int code) {
        return switch (code) {
            case 0 -> RECOVERED;
            case 1 -> RECOVERING;
            default -> throw new IllegalArgumentException("leader recovery state " + code);
        };
    }
}
