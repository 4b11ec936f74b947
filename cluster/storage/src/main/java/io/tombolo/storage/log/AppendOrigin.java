package io.tombolo.storage.log;

/** Who wants batches appended by a leader. */
public enum AppendOrigin {
    /** A client: sequences are checked, control batches refused. */
    PRODUCER,
    /** This broker (coordinators, raft): control batches allowed, sequences not checked. */
    BROKER
}
