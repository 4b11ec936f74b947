package io.tombolo.broker;

/** Where a broker stands between its start and its end; the order is that of its life. */
public enum LifePhase {
    OPENING("starting", "its logs are opened and checked"),
    JOINING("starting", "it waits for the controller to admit it"),
    ASKING("starting", "it asks the other regions who owns what"),
    SERVING("serving", ""),
    STOPPING("stopping", "it hands over what it leads and stops");

    private final String word;
    private final String reason;

    LifePhase(String word, String reason) {
        this.word = word;
        this.reason = reason;
    }

    /** {@code starting}, {@code serving} or {@code stopping}. */
    public String word() {
        return word;
    }

    /** Why requests of clients are not taken; empty when they are. */
    public String reason() {
        return reason;
    }

    /** Whether the data directory is open and its logs were recovered. */
    public boolean recovered() {
        return this != OPENING;
    }
}
