package io.tombolo.environment.simulated.fault;

import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.Simulator;

import java.time.Duration;

/**
 * Something that goes wrong, or goes right again. Applying one that makes no sense at the moment
 * (killing what does not run) does nothing, so that any part of a schedule is a schedule.
 */
public sealed interface Fault {

    /** Does it now. */
    void applyTo(Simulator simulator);

    /** The process ends, its machine lives on. */
    record Kill(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).kill();
        }
    }

    /** The machine loses its power and what it had not forced. */
    record LosePower(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).losePower();
        }
    }

    /** The program starts again on its old disk. */
    record Restart(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            if (!simulator.node(host).running()) {
                simulator.node(host).restart();
            }
        }
    }

    /** The process stands still. */
    record Pause(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).pause();
        }
    }

    /** The process goes on. */
    record Resume(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).resume();
        }
    }

    /** Nothing arrives any more from one host at another. */
    record Cut(String from, String to) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().cut(from, to);
        }
    }

    /** Ends a cut. */
    record Heal(String from, String to) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().heal(from, to);
        }
    }

    /** Connections between two hosts break. */
    record Reset(String one, String other) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().reset(one, other);
        }
    }

    /** What is under way from one host to another is held up. */
    record Delay(String from, String to, Duration time) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().delay(from, to, time);
        }
    }

    /** The wall clock jumps. */
    record JumpWall(String host, Duration by) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).clock().jumpWall(by);
        }
    }

    /** The monotonic clock runs fast or slow. */
    record Drift(String host, int ppm) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).clock().drift(ppm);
        }
    }

    /** Nothing arrives any more between two hosts. */
    record Partition(String one, String other) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().cutBothWays(one, other);
        }
    }

    /** Ends a partition. */
    record Rejoin(String one, String other) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().heal(one, other);
            simulator.network().heal(other, one);
        }
    }

    /** Blocking work takes up to half a second. */
    record SlowDisk(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).slowDisk();
        }
    }

    /** Blocking work takes its usual time again. */
    record NormalDisk(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).normalDisk();
        }
    }

    /** Every operation of one kind fails. */
    record FailDisk(String host, DiskOperation.Kind kind) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).disk().failWhen(operation -> operation.kind() == kind);
        }
    }

    /** Operations succeed again. */
    record MendDisk(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).disk().failNever();
        }
    }

    /** Messages from one host to another take very different times. */
    record Jitter(String from, String to, Duration max) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().jitter(from, to, max);
        }
    }

    /** Messages take their usual time again. */
    record Calm(String from, String to) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().calm(from, to);
        }
    }

    /** What is under way from one host to another is lost, what it answers to was received. */
    record LoseAnswers(String from, String to) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.network().loseAnswers(from, to);
        }
    }

    /** The disk is full but for a few bytes. */
    record FillDisk(String host, long spareBytes) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).disk().fillUpTo(spareBytes);
        }
    }

    /** There is room on the disk again. */
    record FreeDisk(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).disk().capacityBytes(Long.MAX_VALUE);
        }
    }

    /** The machine is lost with its disk; its restart finds an empty one. */
    record WipeDisk(String host) implements Fault {
        @Override
        public void applyTo(Simulator simulator) {
            simulator.node(host).losePower();
            simulator.node(host).disk().wipe();
        }
    }
}
