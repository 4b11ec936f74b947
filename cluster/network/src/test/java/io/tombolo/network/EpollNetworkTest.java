package io.tombolo.network;

import io.tombolo.environment.contract.Bench;
import io.tombolo.environment.contract.NetworkContract;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class EpollNetworkTest extends NetworkContract {

    @TempDir private Path directory;

    @Override
    protected Bench bench() {
        return new NettyBench(true);
    }

    @Override
    protected Path directory() {
        return directory;
    }
}
