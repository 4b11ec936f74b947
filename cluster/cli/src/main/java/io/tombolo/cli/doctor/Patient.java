package io.tombolo.cli.doctor;

import io.tombolo.cli.admin.AdminAnswer;
import io.tombolo.cli.admin.AdminApi;
import io.tombolo.cli.admin.AdminUnreachable;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.environment.Endpoint;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import org.apache.kafka.clients.admin.Admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A link and the ways to ask both its ends. Blocking.
 *
 * @param link in the direction in which it copies, which after a failback is not that of the file
 */
record Patient(Shell shell, LoadedFile file, LinkEntry link) {

    private static final int CONNECT_MS_MAX = 5_000;

    /** The link in the direction in which its regions say that it copies. */
    static Patient of(Shell shell, LoadedFile file, LinkEntry written) {
        var asWritten = new Patient(shell, file, written);
        return asWritten
                .hostedSource()
                .filter(asWritten::turned)
                .map(_ -> new Patient(shell, file, written.reversed()))
                .orElse(asWritten);
    }

    /** Whether the link copies into what the file calls its source. */
    private boolean turned(Region.Hosted source) {
        try {
            return ask(source, path()).at("from").text().equals(to());
        } catch (AdminUnreachable _) {
            return false;
        }
    }

    /** Where the admin port of the destination tells of the link. */
    String path() {
        return "/api/v1/links/" + AdminApi.encoded(link.name().name());
    }

    /** As the file has it. */
    LinkEntry written() {
        return file.topology().links().getOrDefault(link.name(), link);
    }

    String from() {
        return link.from().name();
    }

    String to() {
        return link.to().name();
    }

    /** The source; always there, or the file would have been refused. */
    Region source() {
        Region region = file.topology().regions().get(link.from());
        if (region == null) {
            throw new IllegalStateException("no region " + link.from());
        }
        return region;
    }

    Region.Hosted destination() {
        return file.hosted(to());
    }

    /** The source when its brokers are ours. */
    Optional<Region.Hosted> hostedSource() {
        return source() instanceof Region.Hosted hosted ? Optional.of(hosted) : Optional.empty();
    }

    /** What a region answers on its admin port; nothing when it has no such thing. */
    Tree ask(Region.Hosted region, String path) throws AdminUnreachable {
        AdminAnswer answer = RegionAdmin.of(shell, file, region).api().get(path);
        return answer.ok() ? answer.body() : Tree.NOTHING;
    }

    int timeoutMs() {
        return Math.clamp(shell.timeout().toMillis(), 100, 3_600_000);
    }

    int connectTimeoutMs() {
        return Math.min(CONNECT_MS_MAX, timeoutMs());
    }

    /** A client of a region. */
    Admin admin(RegionId region) {
        Region asked = region.equals(link.from()) ? source() : file.hosted(region.name());
        var settings = new TreeMap<String, Object>();
        if (asked instanceof Region.Foreign foreign) {
            settings.putAll(foreign.client());
        }
        settings.putAll(
                Map.of(
                        "bootstrap.servers",
                        asked.addresses().stream()
                                .map(Endpoint::toString)
                                .collect(Collectors.joining(",")),
                        "client.id",
                        "tombolo-doctor",
                        "request.timeout.ms",
                        timeoutMs(),
                        "default.api.timeout.ms",
                        timeoutMs(),
                        "enable.metrics.push",
                        false,
                        "metric.reporters",
                        List.of()));
        return KafkaRegion.connect(settings);
    }
}
