package io.tombolo.environment.simulated;

import io.tombolo.environment.Disk;
import io.tombolo.environment.contract.DiskContract;

import java.nio.file.Path;

class SimulatedDiskContractTest extends DiskContract {

    private final SimulatedDisk disk = new SimulatedDisk(new SimulatedEntropy(13));

    @Override
    protected Disk disk() {
        return disk;
    }

    @Override
    protected Path root() {
        disk.mount(Path.of("/contract"));
        return Path.of("/contract");
    }
}
