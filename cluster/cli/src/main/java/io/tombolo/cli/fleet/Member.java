package io.tombolo.cli.fleet;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.cli.process.LogFile;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import java.nio.file.Path;

/**
 * A broker of the file that may run on this machine, and where its traces are.
 *
 * @param clusterId of its region, which another program on its ports would not have
 * @param data its data directory
 * @param runFolder the folder beside it that holds pid and log files
 */
record Member(
        Region.Hosted region, Region.Broker broker, String clusterId, Path data, Path runFolder) {

    private static final String RUN_FOLDER = "run";

    /**
     * @param directory what relative paths of the file start from
     */
    static Member of(
            Topology topology, Region.Hosted region, Region.Broker broker, Path directory) {
        Path data = directory.resolve(region.dataDirectory(broker)).normalize();
        var settings = new BrokerSettings(topology, region, broker, data);
        Path runFolder = directory.resolve(region.storage().dir()).resolve(RUN_FOLDER).normalize();
        return new Member(region, broker, settings.clusterId().toString(), data, runFolder);
    }

    /** As people call it: {@code eu-1}. */
    String name() {
        return region.id() + "-" + broker.number();
    }

    /**
     * Written by whoever starts the broker, deleted by a broker that stops in an orderly way. Its
     * path stands on the broker's command line, by which the process is recognised.
     */
    Path pidFile() {
        return runFolder.resolve(name() + ".pid");
    }

    /** Everything that the process prints. */
    Path logFile() {
        return runFolder.resolve(name() + ".log");
    }

    /** The same, to be read. */
    LogFile log() {
        return new LogFile(logFile());
    }
}
