package io.tombolo.chaos;

/**
 * Something that is done to a cluster and undone again.
 *
 * @param heldMs how long it lasts
 * @param overlapping whether the next one begins before everything is well again
 */
record Fault(Kind kind, Target target, int heldMs, boolean overlapping) {

    /** What is done. */
    enum Kind {
        /** SIGKILL, and a start. */
        KILL(false),
        /** SIGTERM, and a start. */
        STOP(false),
        /** SIGSTOP, and SIGCONT. */
        PAUSE(false),
        /** SIGKILL of all nodes at once, and a start of all. */
        KILL_ALL(false),
        /** SIGTERM and start of one node after the other. */
        ROLL(false),
        /** The node and the others hear nothing of each other; clients reach all. */
        ISOLATE(false),
        /** The others hear nothing of the node. */
        MUTE(false),
        /** The node hears nothing of the others. */
        DEAFEN(false),
        /** The node and one other hear nothing of each other; the third hears both. */
        BRIDGE(false),
        /** The node is cut off and back again, many times. */
        FLAP(false),
        /** Nobody hears anything of the node, clients neither. */
        BLACKOUT(true);

        private final boolean cutsClients;

        Kind(boolean cutsClients) {
            this.cutsClients = cutsClients;
        }

        boolean cutsClients() {
            return cutsClients;
        }
    }

    /** Whom it meets. */
    enum Target {
        /** The leader of the first partition. */
        LEADER,
        /** A replica of the first partition that does not lead it. */
        FOLLOWER,
        /** The leader of the metadata quorum. */
        CONTROLLER
    }

    @Override
    public String toString() {
        return "%s %s for %d ms%s"
                .formatted(kind, target, heldMs, overlapping ? ", not waited for" : "");
    }
}
