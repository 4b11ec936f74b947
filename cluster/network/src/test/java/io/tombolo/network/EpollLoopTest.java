package io.tombolo.network;

import io.tombolo.environment.contract.Bench;
import io.tombolo.environment.contract.EventLoopContract;

class EpollLoopTest extends EventLoopContract {

    @Override
    protected Bench bench() {
        return new NettyBench(true);
    }
}
