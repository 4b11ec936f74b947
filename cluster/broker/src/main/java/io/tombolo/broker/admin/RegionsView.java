package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.board.RegionBoard;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionDocument.Standing;
import io.tombolo.region.registry.Sighting;
import io.tombolo.region.topology.Region;
import io.tombolo.registry.bridge.RegionBridge.Sight;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What is known of the other regions, and how old that is, as JSON.
 *
 * @param heard what this broker heard from them itself
 * @param board what it sees in the registry of its region
 */
record RegionsView(BrokerSettings settings, List<Sighting> heard, RegionBoard.View board) {

    /** How this broker takes part in the registry. */
    Map<String, @Nullable Object> registry() {
        var view = new LinkedHashMap<String, @Nullable Object>();
        boolean shared = settings.topology().sharesRegistry(settings.region());
        view.put("shared", shared);
        view.put("members", board.members());
        view.put("expected", board.expected());
        view.put("trouble", board.trouble().isEmpty() ? null : board.trouble());
        return view;
    }

    /** Every other region that brokers of ours serve, in file order. */
    List<Map<String, @Nullable Object>> all() {
        return settings.topology().hostedRegions().stream()
                .map(Region.Hosted::id)
                .filter(it -> !it.equals(settings.region().id()))
                .map(this::one)
                .toList();
    }

    private Map<String, @Nullable Object> one(RegionId region) {
        Optional<Sight> sight =
                board.regions().stream().filter(it -> it.region().equals(region)).findFirst();
        Optional<Sighting> best =
                Stream.concat(
                                heard.stream().filter(it -> it.document().region().equals(region)),
                                sight.flatMap(Sight::sighting).stream())
                        .reduce(RegionsView::newer);
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("region", region.name());
        view.put(
                "ageMs", best.map(it -> TimeUnit.NANOSECONDS.toMillis(it.ageNanos())).orElse(null));
        view.put("trouble", sight.map(Sight::trouble).filter(it -> !it.isEmpty()).orElse(null));
        best.map(Sighting::document).ifPresent(it -> describe(it, view));
        return view;
    }

    /** The newer document, and the later sign of life. */
    private static Sighting newer(Sighting one, Sighting other) {
        boolean first = one.document().version().compareTo(other.document().version()) >= 0;
        return new Sighting(
                first ? one.document() : other.document(),
                Math.min(one.ageNanos(), other.ageNanos()));
    }

    private void describe(RegionDocument document, Map<String, @Nullable Object> view) {
        String file = document.topology();
        view.put(
                "sameFile", file.isEmpty() ? null : file.equals(settings.topology().fingerprint()));
        view.put("brokers", document.brokers().stream().map(RegionsView::broker).toList());
        view.put("links", document.links().stream().map(RegionsView::link).toList());
    }

    private static Map<String, @Nullable Object> broker(RegionDocument.Broker broker) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("id", broker.id().value());
        view.put("kafka", broker.kafka().toString());
        view.put("admin", broker.admin().toString());
        Optional<Standing> standing = broker.standing();
        view.put("state", standing.map(Standing::state).orElse(null));
        view.put("connections", standing.map(Standing::connections).orElse(null));
        view.put("groups", standing.map(Standing::groups).orElse(null));
        view.put("members", standing.map(Standing::members).orElse(null));
        return view;
    }

    private static Map<String, @Nullable Object> link(RegionDocument.LinkProgress link) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("link", link.link().name());
        view.put("state", link.state().name());
        view.put("lag", LinkView.lag(link.lag()));
        return view;
    }
}
