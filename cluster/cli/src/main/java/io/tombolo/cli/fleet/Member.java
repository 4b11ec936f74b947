package io.tombolo.cli.fleet;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.NodeSettings;
import io.tombolo.cli.process.BrokerProgram;
import io.tombolo.cli.process.LogFile;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import java.nio.file.Path;

/**
 * A broker or controller of the file that may run on this machine, and where its traces are.
 *
 * @param clusterId of its region, which another program on its ports would not have
 * @param data its data directory
 * @param runFolder the folder beside it that holds pid and log files
 */
record Member(Region.Hosted region, Region.Node node, String clusterId, Path data, Path runFolder) {

    private static final String RUN_FOLDER = "run";

    /**
     * @param directory what relative paths of the file start from
     */
    static Member of(Topology topology, Region.Hosted region, Region.Node node, Path directory) {
        Path data = directory.resolve(region.dataDirectory(node)).normalize();
        NodeSettings settings =
                switch (node) {
                    case Region.Broker broker -> new BrokerSettings(topology, region, broker, data);
                    case Region.Controller controller ->
                            new NodeSettings.Controller(topology, region, controller, data);
                };
        Path runFolder =
                directory.resolve(region.storage().commonDir()).resolve(RUN_FOLDER).normalize();
        return new Member(region, node, settings.clusterId().toString(), data, runFolder);
    }

    /** As people call it: {@code eu-1}, {@code eu-c1}. */
    String name() {
        return region.nameOf(node);
    }

    /** What it is: {@code broker} or {@code controller}, which is also the command that runs it. */
    String role() {
        return node instanceof Region.Broker ? BrokerProgram.BROKER : "controller";
    }

    /** Its role and its name. */
    String title() {
        return role() + " " + name();
    }

    /** Where it serves clients, or the other nodes of its region. */
    String listener() {
        return switch (node) {
            case Region.Broker broker -> "kafka " + broker.kafka();
            case Region.Controller controller -> "internal " + controller.internal();
        };
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
