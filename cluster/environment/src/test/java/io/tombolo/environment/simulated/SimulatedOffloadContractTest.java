package io.tombolo.environment.simulated;

import io.tombolo.environment.contract.Bench;
import io.tombolo.environment.contract.OffloadContract;
import io.tombolo.environment.contract.SimulatedBench;

class SimulatedOffloadContractTest extends OffloadContract {

    @Override
    protected Bench bench() {
        return new SimulatedBench(11);
    }
}
