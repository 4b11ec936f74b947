package io.tombolo.network;

import io.tombolo.environment.contract.Bench;
import io.tombolo.environment.contract.EventLoopContract;

class NioLoopTest extends EventLoopContract {

    @Override
    protected Bench bench() {
        return new NettyBench(false);
    }
}
