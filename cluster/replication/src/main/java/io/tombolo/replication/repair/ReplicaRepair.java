package io.tombolo.replication.repair;

import io.tombolo.replication.Role;
import io.tombolo.replication.repair.RepairStep.Reopen;
import io.tombolo.replication.repair.RepairStep.Tell;
import io.tombolo.replication.repair.RepairStep.Use;
import io.tombolo.replication.repair.RepairStep.Wait;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The way back of one replica whose log has failed while its directory works. Mutable, pure: each
 * event returns what is to be done next.
 *
 * <pre>
 * state          event                        next           to be done
 * well           the log fails                telling        tell that it is out of use
 * telling        heard                        pausing        -
 * pausing        time is up, all is there     opening        open, keep all
 *                time is up, damaged          (as waiting)
 * waiting        another leads                telling harm   tell that it is damaged
 * telling harm   taken                        opening        open, cut at the damage
 *                refused                      pausing        -
 * opening        opened                       well           use it
 *                opened, but shorter          telling harm   tell; use it when that is taken
 *                failed again                 pausing        -
 * any            we are wrong                 given up       tell that it is out of use
 * </pre>
 *
 * <p>Nothing is cut before the controller has taken the news of the damage: until then this replica
 * may be elected for what it has, and may be the only one that has it. The controller takes it only
 * while another one leads and others are in sync. From then on this replica can only come back into
 * the in-sync set by catching up.
 */
public final class ReplicaRepair {

    /** The pause before the first attempt; it doubles with each up to the maximum. */
    static final Duration PAUSE_FIRST = Duration.ofSeconds(1);

    static final Duration PAUSE_MAX = Duration.ofMinutes(1);

    /** Whoever was well for so long starts again with the first pause. */
    static final Duration WELL = Duration.ofMinutes(10);

    private enum State {
        WELL,
        TELLING,
        PAUSING,
        WAITING,
        TELLING_HARM,
        OPENING,
        GIVEN_UP
    }

    private final RepairRules rules;
    private State state = State.WELL;
    private boolean ledElsewhere;
    private boolean harmTold;
    private boolean opened;
    private long limitOffset = Long.MAX_VALUE;
    private long endOffset;
    private int failureCount;
    private long untilNanos;
    private long wellSinceNanos;

    public ReplicaRepair() {
        this(RepairRules.ALL);
    }

    public ReplicaRepair(RepairRules rules) {
        this.rules = rules;
    }

    /**
     * The log in use has failed.
     *
     * @param endOffset where it ended, as far as it was opened
     * @param role what the replica was last to be
     */
    public RepairStep failed(Fault fault, long endOffset, Role role, long nowNanos) {
        if (state == State.WELL && nowNanos - wellSinceNanos > WELL.toNanos()) {
            failureCount = 0;
        }
        this.endOffset = Math.max(this.endOffset, endOffset);
        ledElsewhere = role instanceof Role.Follower;
        opened = false;
        harmTold = false;
        note(fault, nowNanos);
        state = state == State.GIVEN_UP ? state : State.TELLING;
        return new Tell(false);
    }

    private void note(Fault fault, long nowNanos) {
        switch (fault) {
            case Fault.Unwritable _ -> {}
            case Fault.Damaged(long fromOffset) -> limitOffset = Math.min(limitOffset, fromOffset);
            case Fault.Mistake _ -> state = State.GIVEN_UP;
        }
        long pauseNanos = PAUSE_FIRST.toNanos() << Math.min(failureCount, 6);
        untilNanos = nowNanos + Math.min(pauseNanos, PAUSE_MAX.toNanos());
        failureCount++;
    }

    /** What the replica is to be, by newer metadata. */
    public RepairStep cast(Role role) {
        ledElsewhere = role instanceof Role.Follower;
        return state == State.WAITING ? open() : new Wait();
    }

    /** The controller has heard what was told last, and has accepted it or not. */
    public RepairStep heard(boolean taken, long nowNanos) {
        switch (state) {
            case TELLING -> state = State.PAUSING;
            case TELLING_HARM -> {
                if (taken) {
                    harmTold = true;
                    return opened ? use(nowNanos) : open();
                }
                note(new Fault.Unwritable(), nowNanos);
                state = State.PAUSING;
            }
            case WELL, PAUSING, WAITING, OPENING, GIVEN_UP -> {}
        }
        return new Wait();
    }

    /** When {@link #timePassed} is to be called; empty when it need not be. */
    public OptionalLong wakeAtNanos() {
        return state == State.PAUSING ? OptionalLong.of(untilNanos) : OptionalLong.empty();
    }

    public RepairStep timePassed(long nowNanos) {
        return state == State.PAUSING && nowNanos - untilNanos >= 0 ? open() : new Wait();
    }

    private RepairStep open() {
        boolean damaged = opened || limitOffset < Long.MAX_VALUE;
        if (damaged && !ledElsewhere) {
            state = State.WAITING;
            return new Wait();
        }
        if (damaged && !harmTold && rules.tellsFirst()) {
            state = State.TELLING_HARM;
            return new Tell(true);
        }
        state = State.OPENING;
        long known = endOffset > 0 ? endOffset : Long.MAX_VALUE;
        return new Reopen(rules.limits() ? Math.min(limitOffset, known) : Long.MAX_VALUE);
    }

    /** The files were opened, up to an offset. */
    public RepairStep reopened(long reachedOffset, long nowNanos) {
        if (state != State.OPENING) {
            return new Wait();
        }
        boolean shorter = reachedOffset < endOffset && !harmTold && rules.measures();
        if (shorter && rules.tellsFirst()) {
            opened = true;
            state = State.TELLING_HARM;
            return new Tell(true);
        }
        return use(nowNanos);
    }

    private RepairStep use(long nowNanos) {
        state = State.WELL;
        wellSinceNanos = nowNanos;
        limitOffset = Long.MAX_VALUE;
        endOffset = 0;
        harmTold = false;
        opened = false;
        return new Use();
    }

    /** The files could not be opened. */
    public RepairStep notReopened(Fault fault, long nowNanos) {
        if (state != State.OPENING) {
            return new Wait();
        }
        state = State.PAUSING;
        note(fault, nowNanos);
        return new Wait();
    }

    /**
     * Whether the controller is to believe that this replica is out of use, and is told nothing.
     */
    public boolean outOfUse() {
        return switch (state) {
            case PAUSING, WAITING, OPENING, GIVEN_UP -> true;
            case WELL, TELLING, TELLING_HARM -> false;
        };
    }
}
