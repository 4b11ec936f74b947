package io.tombolo.environment.simulated;

import io.tombolo.environment.contract.Bench;
import io.tombolo.environment.contract.NetworkContract;
import io.tombolo.environment.contract.SimulatedBench;

import java.nio.file.Path;

class SimulatedNetworkContractTest extends NetworkContract {

    @Override
    protected Bench bench() {
        return new SimulatedBench(12);
    }

    @Override
    protected Path directory() {
        return Path.of("/contract");
    }
}
