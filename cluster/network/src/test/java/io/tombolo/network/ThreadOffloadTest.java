package io.tombolo.network;

import io.tombolo.environment.contract.Bench;
import io.tombolo.environment.contract.OffloadContract;

/** Here, because the real loops are. */
class ThreadOffloadTest extends OffloadContract {

    @Override
    protected Bench bench() {
        return new NettyBench(true);
    }
}
