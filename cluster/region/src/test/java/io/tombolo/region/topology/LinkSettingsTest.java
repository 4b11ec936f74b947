package io.tombolo.region.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.topology.LinkEntry.Ends;
import io.tombolo.region.topology.file.TopologyFile;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What metadata keep of a link gives the link back. */
class LinkSettingsTest {

    private static final String FILE =
            """
            tombolo: 1
            regions: { eu: {}, us: {}, ap: {}, no: {}, sa: {} }
            links:
              full:
                from: eu
                to: us
                topics: ["orders.*", "!*.tmp"]
                groups: ["billing-*", "a,b", 'back\\slash']
                sync: { configs: false, offsets: 5s }
                limits: { rate: 80MB/s, maxLag: 30s }
                reverse: standby
              partly:
                from: no
                to: sa
                topics: ["a.*"]
                rename: "us.{topic}.copy"
                start: 2026-11-01T01:30:00+01:30
              later: { from: sa, to: no, topics: ["b"], start: latest, gap: jump, recreate: restart }
              plain: { from: eu, to: ap, topics: ["*"], sync: { offsets: never } }
            failover:
              shop.primary: { follows: full, groups: ["billing-*"], refuseIf: { lagOver: 10s } }
              other: { follows: full, moves: clients, refuseIf: { sourceReachableAndWriting: false } }
            """;

    private final Topology file =
            ((TopologyFile.Valid) TopologyFile.parse("tombolo.yaml", FILE)).topology();

    @Test
    void aLinkAndItsPoliciesComeBackFromTheirSettings() {
        for (LinkEntry link : file.links().values()) {
            var settings = LinkSettings.of(link, file.policiesOf(link.name()));

            assertThat(LinkSettings.link(link.name(), link.ends(), settings)).isEqualTo(link);
            assertThat(LinkSettings.policies(link.name(), settings))
                    .containsExactlyInAnyOrderElementsOf(file.policiesOf(link.name()));
        }
    }

    @Test
    void valuesAreWrittenAsTheFileTakesThem() {
        LinkEntry full = file.links().get(new LinkName("full"));

        assertThat(LinkSettings.of(full, List.of()))
                .containsEntry("limits.rate", "80000000B/s")
                .containsEntry("limits.maxLag", "30000ms")
                .containsEntry("sync.offsets", "5000ms")
                .containsEntry("reverse", "standby")
                .doesNotContainKeys("rename", "start", "gap", "recreate");
        LinkEntry partly = file.links().get(new LinkName("partly"));
        assertThat(LinkSettings.of(partly, List.of()))
                .containsEntry("rename", "us.{topic}.copy")
                .containsEntry("start", "2026-11-01T00:00:00Z");
        LinkEntry later = file.links().get(new LinkName("later"));
        assertThat(LinkSettings.of(later, List.of()))
                .containsEntry("gap", "jump")
                .containsEntry("recreate", "restart");
    }

    @Test
    void whatIsNotSaidIsAsByDefault() {
        var name = new LinkName("old");
        var ends = new Ends(new RegionId("eu"), new RegionId("us"));

        LinkEntry link = LinkSettings.link(name, ends, new TreeMap<>(Map.of("topics", "a,b")));

        assertThat(link.topics()).isEqualTo(NameFilter.of("a", "b"));
        assertThat(link.groups()).isEqualTo(NameFilter.of("*"));
        assertThat(link.sync()).isEqualTo(LinkEntry.Sync.STANDARD);
        assertThat(link.limits()).isEqualTo(LinkEntry.Limits.NONE);
    }

    @Test
    void whatIsNoValueIsRefused() {
        var name = new LinkName("bad");
        var ends = new Ends(new RegionId("eu"), new RegionId("us"));

        assertThatThrownBy(() ->
                        LinkSettings.link(name, ends, new TreeMap<>(Map.of("limits.rate", "fast"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        LinkSettings.link(name, ends, new TreeMap<>(Map.of("reverse", "sideways"))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
