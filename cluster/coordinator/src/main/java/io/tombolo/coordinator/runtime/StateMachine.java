package io.tombolo.coordinator.runtime;

/**
 * A deterministic state machine that is hosted on the partitions of an internal topic. It has no
 * state of its own: a state is an immutable value (use persistent collections, so that a step costs
 * what it changes and undoing it costs nothing). It reads no clock, random source or file.
 *
 * <p>What must survive a failover has to be in the records of a step; everything else in the state
 * (waiting clients, deadlines) is lost when leadership moves.
 *
 * @param <S> the state of one partition, an immutable value
 * @param <C> what may be asked of it
 * @param <E> what it tells the outside, apart from answers, once a step is committed
 */
public interface StateMachine<S, C, E> {

    /** The state before the first record. */
    S initial();

    /**
     * The state after one stored record; the stored records of a partition, in order, rebuild it. A
     * record of an unknown kind changes nothing. Throws when a record of a known kind cannot be
     * read: the partition then stays closed.
     */
    S replay(S state, StoredRecord record);

    /**
     * The state after a producer's transaction has ended on this partition: its records count from
     * now on, or never will. Used for stored markers as for new ones. A machine that writes in no
     * transaction has nothing to do.
     */
    default S ended(S state, TransactionEnd end) {
        return state;
    }

    /** The first step after a load: sets the alarms that the stored state asks for. */
    Step<S, E> loaded(S state, Moment now);

    /** Carries out one command. */
    Step<S, E> handle(S state, C command, Moment now);

    /** When {@link #alarm} wants to be called, in monotonic nanoseconds; MAX_VALUE for never. */
    long nextAlarmNanos(S state);

    /**
     * Carries out the first alarm that is due, and no other, so that a step is as small as it can
     * be. Each call makes progress: after finitely many calls at the same moment, {@link
     * #nextAlarmNanos} lies after it.
     */
    Step<S, E> alarm(S state, Moment now);

    /**
     * Takes up the first alarm that is due in another way, or puts it off, because the log does not
     * take as much in one batch as {@link #alarm} would write. Writes little or nothing.
     */
    Step<S, E> alarmTooLarge(S state, Moment now);
}
