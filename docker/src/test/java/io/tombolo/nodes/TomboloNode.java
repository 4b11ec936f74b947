package io.tombolo.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Our own brokers, from the jars that the distribution ships. */
public final class TomboloNode implements NodeProgram {

    /** Controllers of the first region have ids from here on. */
    private static final int CONTROLLERS_ABOVE = 100_000;

    private final boolean apart;
    private final int controllerPort = Nodes.freePort();
    private final int controllerAdminPort = Nodes.freePort();

    /** Brokers that vote. */
    public TomboloNode() {
        this(false);
    }

    /**
     * @param apart whether a controller of its own is beside each broker, on the same machine
     */
    public TomboloNode(boolean apart) {
        this.apart = apart;
    }

    @Override
    public String id() {
        return "tombolo";
    }

    @Override
    public String title() {
        return "Tombolo";
    }

    @Override
    public void prepare(Plan plan, int node) {
        try {
            Files.createDirectories(plan.home(node));
            Files.write(file(plan, node), topology(plan, machine(node)));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** The same for all nodes but for the addresses of the others, which are those of its wires. */
    private List<String> topology(Plan plan, int node) {
        String host = plan.wires().host(node);
        String pattern = host.substring(0, host.lastIndexOf('.') + 1) + "{n}";
        var lines = new ArrayList<String>();
        lines.add("tombolo: 1");
        lines.add("name: nodes");
        lines.add("regions:");
        lines.add("  eu:");
        lines.add("    brokers: " + plan.size());
        lines.add("    racks: [a, b, c]");
        if (!host.startsWith("127.")) {
            lines.add("    allowInsecure: true");
        }
        lines.add(address("kafka", pattern, plan.ports().kafka()));
        lines.add(address("admin", pattern, plan.ports().admin()));
        lines.add(address("internal", plan.wires().internalHosts(node), plan.ports().internal()));
        if (apart) {
            String others = "    controllers: { count: %d, internal: \"%s:%d\", admin: \"%s:%d\" }";
            lines.add(
                    others.formatted(
                            plan.size(), pattern, controllerPort, pattern, controllerAdminPort));
        }
        lines.add("    storage: { dir: \"%s\" }".formatted(plan.folder().resolve("data")));
        lines.add("    config:");
        plan.config().forEach((key, value) -> lines.add("      %s: \"%s\"".formatted(key, value)));
        return lines;
    }

    private static String address(String key, String host, int port) {
        return "    %s: \"%s:%d\"".formatted(key, host, port);
    }

    private static Path file(Plan plan, int node) {
        return plan.home(node).resolve("tombolo.yaml");
    }

    @Override
    public List<String> command(Plan plan, int node) {
        int machine = machine(node);
        var command = new ArrayList<>(plan.wires().prefix(machine));
        command.addAll(Release.java("-Xmx128m"));
        command.add(node == machine ? "broker" : "controller");
        command.addAll(List.of("-f", file(plan, node).toString()));
        command.addAll(List.of("--region", "eu", "--id", Integer.toString(machine)));
        return command;
    }

    @Override
    public List<Integer> controllers(Plan plan) {
        return apart
                ? IntStream.rangeClosed(1, plan.size())
                        .mapToObj(number -> CONTROLLERS_ABOVE + number)
                        .toList()
                : List.of();
    }

    @Override
    public int machine(int node) {
        return node > CONTROLLERS_ABOVE ? node - CONTROLLERS_ABOVE : node;
    }

    @Override
    public Path data(Plan plan, int node) {
        return plan.folder().resolve("data").resolve("eu-" + node);
    }
}
