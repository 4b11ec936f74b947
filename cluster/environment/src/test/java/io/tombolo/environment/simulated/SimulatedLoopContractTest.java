package io.tombolo.environment.simulated;

import io.tombolo.environment.contract.Bench;
import io.tombolo.environment.contract.EventLoopContract;
import io.tombolo.environment.contract.SimulatedBench;

class SimulatedLoopContractTest extends EventLoopContract {

    @Override
    protected Bench bench() {
        return new SimulatedBench(11);
    }
}
