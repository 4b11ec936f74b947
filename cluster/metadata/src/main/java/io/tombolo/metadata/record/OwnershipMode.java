package io.tombolo.metadata.record;

/** How the present owner of a domain came to own it. */
public enum OwnershipMode {
    /** It always did, or the change is complete. */
    STEADY(0),
    /** A planned change is under way: the old owner has stopped, the new one catches up. */
    HANDOVER(1),
    /** It was taken without the old owner's consent. */
    FORCED(2);

    private final int code;

    OwnershipMode(int code) {
        this.code = code;
    }

    /** Its number in the binary form. */
    int code() {
        return code;
    }

    static OwnershipMode ofCode(int code) {
        for (OwnershipMode mode : values()) {
            if (mode.code == code) {
                return mode;
            }
        }
        throw new UnreadableRecord("ownership mode " + code + " is unknown");
    }
}
