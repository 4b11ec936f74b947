package io.tombolo.cli.region;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import java.util.stream.Collectors;

/**
 * A broker that a command was told of, and the region that is asked about it.
 *
 * @param id unique in the whole file
 */
record BrokerTarget(RegionAdmin region, String name, int id) {

    /**
     * Finds a broker by its name, {@code eu-2}, or by its id, which no other region has.
     *
     * @throws CommandFailure when the file has no such broker
     */
    static BrokerTarget of(Shell shell, String typed) {
        LoadedFile file = LoadedFile.of(shell);
        for (Region.Hosted region : file.topology().hostedRegions()) {
            for (Region.Broker broker : region.brokers()) {
                String name = region.id() + "-" + broker.number();
                int id = broker.id().value();
                if (typed.equals(name) || typed.equals(Integer.toString(id))) {
                    return new BrokerTarget(RegionAdmin.of(shell, file, region), name, id);
                }
            }
        }
        String known =
                file.topology().hostedRegions().stream()
                        .flatMap(region ->
                                region.brokers().stream()
                                        .map(broker -> region.id() + "-" + broker.number()))
                        .limit(20)
                        .collect(Collectors.joining(", "));
        throw CommandFailure.of(Code.UNKNOWN_BROKER, "the file has no broker '" + typed + "'")
                .at(file.where("regions"))
                .seen("there are " + known)
                .fix("tombolo broker list")
                .failure();
    }

    /** What the region says of it. */
    Tree view() {
        AdminAnswer answer = region.get(path());
        if (!answer.ok()) {
            throw region.unexpected(answer);
        }
        return answer.body();
    }

    String path() {
        return "/api/v1/brokers/" + id;
    }
}
