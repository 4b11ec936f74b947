package io.tombolo.replication.repair;

/** What is to be done for a replica whose log has failed. */
public sealed interface RepairStep {

    /** Nothing until the next event. */
    record Wait() implements RepairStep {}

    /**
     * The controller is to hear that the replica is out of use.
     *
     * @param damaged whether it does not have any more what it had; only when nobody counts on it
     *     any more the controller accepts that
     */
    record Tell(boolean damaged) implements RepairStep {}

    /**
     * The files are to be opened as after a crash.
     *
     * @param limitOffset everything from here on is cut off: what is damaged, or was never in the
     *     log; {@link Long#MAX_VALUE} to keep all there is
     */
    record Reopen(long limitOffset) implements RepairStep {}

    /** The log that was opened is to be used, and the controller to hear where it is. */
    record Use() implements RepairStep {}
}
