package io.tombolo.environment.simulated;

/**
 * The power fails in the middle of a task: thrown out of a disk operation and caught by the
 * simulator, or by a test that uses the disk alone. An error, so that no product code catches it.
 */
public final class SimulatedCrash extends Error {

    private static final long serialVersionUID = 1;

    private final transient SimulatedDisk disk;

    SimulatedCrash(SimulatedDisk disk, DiskOperation operation) {
        super("the power failed at " + operation, null, false, false);
        this.disk = disk;
    }

    SimulatedDisk disk() {
        return disk;
    }
}
