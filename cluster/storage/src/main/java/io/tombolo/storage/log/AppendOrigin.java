package io.tombolo.storage.log;

/** Who wants batches appended by a leader. */
public enum AppendOrigin {
    /** A client: sequences are checked, control batches refused. */
    PRODUCER,
    /** This broker (coordinators, raft): control batches allowed, sequences not checked. */
    BROKER,
    /**
     * A transaction coordinator that raises the producer epoch with every transaction (KIP-890):
     * like {@link #BROKER}, but a marker of the producer's present epoch cannot end the transaction
     * that is open in it; it is the late copy of the one before.
     */
    RAISING_COORDINATOR
}
