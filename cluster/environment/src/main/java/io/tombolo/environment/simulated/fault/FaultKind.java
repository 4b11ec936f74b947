package io.tombolo.environment.simulated.fault;

import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.SimulatedEntropy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a drawn schedule may contain. */
public enum FaultKind {
    /** A process is killed and started again. */
    KILL,
    /** A machine loses its power and is started again. */
    POWER,
    /** A process stands still for a while. */
    PAUSE,
    /** One direction between two hosts is cut for a while. */
    CUT,
    /** A host is cut off from another in both directions for a while. */
    PARTITION,
    /** Connections between two hosts break. */
    RESET,
    /** What is under way from one host to another is held up. */
    DELAY,
    /** A monotonic clock runs fast or slow. */
    DRIFT,
    /** A wall clock jumps. */
    JUMP,
    /** Blocking work takes much longer for a while. */
    SLOW_DISK,
    /** Operations of one kind fail on a disk for a while. */
    DISK_ERRORS,
    /** Messages from one host to another overtake each other for a while. */
    JITTER,
    /** Requests are carried out, their answers are lost. */
    LOST_ANSWERS,
    /** A disk has no room for a while. */
    DISK_FULL,
    /** A machine is replaced by one with an empty disk. */
    WIPED_DISK;

    private static final int DRIFT_PPM_MAX = 2_000;
    private static final long JUMP_MS_MAX = 60_000;
    private static final long DELAY_MS_MAX = 2_000;
    private static final long JITTER_MS_MAX = 400;
    private static final long SPARE_BYTES_MAX = 4_096;

    /** All kinds but failing and lost disks, which only programs survive that are made for it. */
    public static Set<FaultKind> mostKinds() {
        return EnumSet.complementOf(EnumSet.of(DISK_ERRORS, DISK_FULL, WIPED_DISK));
    }

    /** A fault of this kind and what repairs it; some need no repair. */
    List<Fault> drawn(SimulatedEntropy entropy, String host, String other) {
        return switch (this) {
            case KILL -> List.of(new Fault.Kill(host), new Fault.Restart(host));
            case POWER -> List.of(new Fault.LosePower(host), new Fault.Restart(host));
            case PAUSE -> List.of(new Fault.Pause(host), new Fault.Resume(host));
            case CUT -> List.of(new Fault.Cut(host, other), new Fault.Heal(host, other));
            case PARTITION ->
                    List.of(new Fault.Partition(host, other), new Fault.Rejoin(host, other));
            case RESET -> List.of(new Fault.Reset(host, other));
            case DELAY ->
                    List.of(
                            new Fault.Delay(
                                    host,
                                    other,
                                    Duration.ofMillis(entropy.between(1, DELAY_MS_MAX))));
            case DRIFT -> {
                int ppm = (int) entropy.between(-DRIFT_PPM_MAX, DRIFT_PPM_MAX);
                yield List.of(new Fault.Drift(host, ppm), new Fault.Drift(host, 0));
            }
            case JUMP ->
                    List.of(
                            new Fault.JumpWall(
                                    host,
                                    Duration.ofMillis(entropy.between(-JUMP_MS_MAX, JUMP_MS_MAX))));
            case SLOW_DISK -> List.of(new Fault.SlowDisk(host), new Fault.NormalDisk(host));
            case DISK_ERRORS -> {
                var kinds = DiskOperation.Kind.values();
                var kind = kinds[entropy.nextInt(kinds.length)];
                yield List.of(new Fault.FailDisk(host, kind), new Fault.MendDisk(host));
            }
            case JITTER -> {
                var max = Duration.ofMillis(entropy.between(1, JITTER_MS_MAX));
                yield List.of(new Fault.Jitter(host, other, max), new Fault.Calm(host, other));
            }
            case LOST_ANSWERS -> List.of(new Fault.LoseAnswers(host, other));
            case DISK_FULL ->
                    List.of(
                            new Fault.FillDisk(host, entropy.between(0, SPARE_BYTES_MAX)),
                            new Fault.FreeDisk(host));
            case WIPED_DISK -> List.of(new Fault.WipeDisk(host), new Fault.Restart(host));
        };
    }
}
