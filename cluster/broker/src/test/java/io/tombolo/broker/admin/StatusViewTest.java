package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/** What a region tells of who owns what, where two links copy topics out of {@code eu}. */
class StatusViewTest {

    private static final DomainName TO_US = new DomainName("eu-to-us");
    private static final DomainName TO_AP = new DomainName("eu-to-ap");

    @Test
    void aDomainWhoseTopicsWereTakenWithAnotherLinkNamesTheirOwner() {
        Map<String, @Nullable Object> ap = toAp("orders", "orders*");

        assertThat(ap).containsEntry("owner", "eu").containsEntry("epoch", 1L);
        assertThat(ap.get("takenOver"))
                .isInstanceOfSatisfying(
                        Map.class,
                        taken -> {
                            assertThat(taken.get("owner")).isEqualTo("us");
                            assertThat(taken.get("domain")).isEqualTo("eu-to-us");
                            assertThat(taken.get("epoch")).isEqualTo(2L);
                        });
    }

    @Test
    void aDomainOfWhichNothingWasTakenIsItsOwners() {
        assertThat(toAp("orders", "payments")).containsEntry("takenOver", null);
        assertThat(toAp("payments", "*")).containsEntry("takenOver", null);
    }

    @Test
    void theDomainThatWasTakenOverIsNotTakenTwice() {
        MetadataImage image = takenBy("orders", "*");

        assertThat(StatusView.ownership(image, topology("*")))
                .filteredOn(one -> "eu-to-us".equals(one.get("domain")))
                .singleElement()
                .satisfies(us ->
                        assertThat(us)
                                .containsEntry("owner", "us")
                                .containsEntry("takenOver", null));
    }

    /** Once it was said to be the lost region, where every other region knew who has the topics. */
    @Test
    void ofALinkThatIsInNoFileAnyMoreTheOwnerIsNotGuessed() {
        MetadataImage taken = takenBy("orders", "orders*");
        MetadataImage untouched = takenBy("payments", "orders*");
        Topology without = parsed("tombolo: 1\nregions: { eu: {}, us: {}, ap: {} }\n");

        assertThat(ofAp(StatusView.ownership(taken, without)))
                .containsEntry("ownerKnown", false)
                .containsEntry("takenOver", null);
        assertThat(ofAp(StatusView.ownership(untouched, without)))
                .containsEntry("ownerKnown", true)
                .containsEntry("owner", "eu");
        assertThat(toAp("orders", "orders*")).containsEntry("ownerKnown", true);
    }

    private static Map<String, @Nullable Object> toAp(String topic, String filter) {
        return ofAp(StatusView.ownership(takenBy(topic, "orders*"), topology(filter)));
    }

    private static Map<String, @Nullable Object> ofAp(List<Map<String, @Nullable Object>> all) {
        return all.stream()
                .filter(one -> "eu-to-ap".equals(one.get("domain")))
                .findFirst()
                .orElseThrow();
    }

    /** {@code us} took over what passes the filter; {@code topic} is there. */
    private static MetadataImage takenBy(String topic, String filter) {
        var us = new Ownership(TO_US, Worlds.US, 2, Ownership.Mode.FORCED);
        var ap = new Ownership(TO_AP, Worlds.EU, 1, Ownership.Mode.STEADY);
        List<MetadataRecord> owned =
                List.of(
                        new OwnershipRecord(us.with(Takeover.of(Worlds.EU, filter)), "a test"),
                        new OwnershipRecord(ap, "the file"));
        return Worlds.image(Worlds.topic(topic, 1), owned);
    }

    private static Topology topology(String filter) {
        String text =
                """
                tombolo: 1
                regions: { eu: {}, us: {}, ap: {} }
                links:
                  eu-to-us: { from: eu, to: us, topics: ["orders*"] }
                  eu-to-ap: { from: eu, to: ap, topics: ["%s"] }
                """
                        .formatted(filter);
        return parsed(text);
    }

    private static Topology parsed(String text) {
        return ((TopologyFile.Valid) TopologyFile.parse("world.yaml", text)).topology();
    }
}
