package io.tombolo.broker.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic.State;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;
import io.tombolo.region.topology.Topology;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;

class HomesTest {

    private static final RegionId EU = Worlds.EU;
    private static final RegionId US = Worlds.US;
    private static final Topology MOVING =
            Worlds.linked(
                    "failover:",
                    "  eu-to-us: { follows: eu-to-us, moves: clients, groups: [\"*\", \"!own-*\"]"
                            + " }",
                    "");
    private static final Home IN_EU = new Home.Away(EU);
    private static final Home IN_US = new Home.Away(US);

    @Test
    void withoutAPolicyThatMovesThemClientsStay() {
        var homes = new Homes(Worlds.linked(), EU);

        assertThat(homes.fixed()).isTrue();
        assertThat(homes.ofTopic(image(EU, Worlds.owned(US, 2)), "orders")).isEqualTo(Home.HERE);
        assertThat(homes.ofGroup(image(EU, Worlds.owned(US, 2)), "billing")).isEqualTo(Home.HERE);
    }

    @Test
    void theOwnerKeepsItsClients() {
        var homes = new Homes(MOVING, EU);
        MetadataImage image = image(EU, Worlds.owned(EU, 1));

        assertThat(homes.ofTopic(image, "orders")).isEqualTo(Home.HERE);
        assertThat(homes.ofGroup(image, "billing")).isEqualTo(Home.HERE);
        assertThat(homes.ofTransactions(image)).isEqualTo(Home.HERE);
    }

    @Test
    void whoHasLostTheTopicsSendsTheirClientsToTheOwner() {
        var homes = new Homes(MOVING, EU);
        MetadataImage image = image(EU, Worlds.owned(US, 2));

        assertThat(homes.ofTopic(image, "orders")).isEqualTo(IN_US);
        assertThat(homes.ofGroup(image, "billing")).isEqualTo(IN_US);
        assertThat(homes.ofTransactions(image)).isEqualTo(IN_US);
        assertThat(homes.ofTopic(image, "local")).isEqualTo(Home.HERE);
        assertThat(homes.ofGroup(image, "own-reports")).isEqualTo(Home.HERE);
    }

    @Test
    void whoHasACopySendsItsClientsToTheOwnerAlsoBeforeItIsThere() {
        var homes = new Homes(MOVING, US);
        MetadataImage image = image(US, Worlds.owned(EU, 1));

        assertThat(homes.ofTopic(image, "orders")).isEqualTo(IN_EU);
        assertThat(homes.ofTopic(image, "orders-to-come")).isEqualTo(IN_EU);
        assertThat(homes.ofGroup(image, "billing")).isEqualTo(IN_EU);
    }

    @Test
    void aTopicThatTheLinkDoesNotBringIsHere() {
        var homes = new Homes(MOVING, US);
        MetadataImage image =
                Worlds.image(
                        Worlds.topic("orders-of-us", 1),
                        Worlds.link(),
                        identity(US),
                        Worlds.owned(EU, 1));

        assertThat(homes.ofTopic(image, "orders-of-us")).isEqualTo(Home.HERE);
    }

    @Test
    void whileARegionHandsOverItsTopicsAreHereAndItsGroupsRest() {
        var homes = new Homes(MOVING, EU);
        var handover =
                new Ownership(new DomainName(Worlds.LINK.name()), EU, 2, Ownership.Mode.HANDOVER);
        MetadataImage image = image(EU, List.of(new OwnershipRecord(handover, "a test")));

        assertThat(homes.ofTopic(image, "orders")).isEqualTo(Home.HERE);
        assertThat(homes.ofGroup(image, "billing")).isEqualTo(Home.LEAVING);
        assertThat(homes.ofTransactions(image)).isEqualTo(Home.LEAVING);
    }

    @Test
    void aTopicThatWasTakenOverArrivesUntilItIsWritable() {
        var homes = new Homes(MOVING, US);
        var taken =
                new Ownership(new DomainName(Worlds.LINK.name()), US, 2, Ownership.Mode.STEADY)
                        .with(new Takeover(EU, NameFilter.of("orders*")));
        var owned = List.of(new OwnershipRecord(taken, "a test"));

        assertThat(homes.ofTopic(image(US, owned), "orders")).isEqualTo(Home.ARRIVING);
        assertThat(homes.ofTopic(image(US, Worlds.owned(US, 2)), "orders")).isEqualTo(Home.HERE);
        assertThat(
                        homes.ofTopic(
                                Worlds.image(Worlds.topic("orders", 1), identity(US), owned),
                                "orders"))
                .isEqualTo(Home.HERE);
    }

    @Test
    void regionsBetweenWhichClientsMoveAreOneClusterToThem() {
        var own = new Uuid(1, 1);
        var other = new Uuid(2, 2);

        assertThat(LogicalCluster.idOf(MOVING, EU, own))
                .isEqualTo(LogicalCluster.idOf(MOVING, US, other))
                .isNotIn(own, other);
        assertThat(LogicalCluster.idOf(Worlds.linked(), EU, own)).isEqualTo(own);
    }

    private static MetadataImage image(RegionId self, List<? extends MetadataRecord> owned) {
        return self.equals(US)
                ? Worlds.image(
                        Worlds.topic("orders", 1),
                        Worlds.link(),
                        Worlds.mirror("orders", State.MIRRORING),
                        identity(self),
                        owned)
                : Worlds.image(
                        Worlds.topic("orders", 1),
                        Worlds.topic("local", 1),
                        Worlds.link(),
                        identity(self),
                        owned);
    }

    private static List<MetadataRecord> identity(RegionId self) {
        return List.of(new RegionIdentity(new Uuid(5, 5), self));
    }
}
