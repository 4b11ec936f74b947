package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.LinkCommand.CreateMirrorTopic;
import io.tombolo.controller.command.LinkCommand.DefineLink;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership.Mode;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** This region, eu, has copies of the topics of us under other names. */
class RenamingLinkTest {

    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final LinkName LINK = new LinkName("us-to-eu");
    private static final DomainName DOMAIN = new DomainName("us-to-eu");
    private static final Uuid SOURCE = new Uuid(4, 4);

    private final Region region = Region.withBrokers(1);

    @BeforeEach
    void aLinkThatRenames() {
        region.done(definition(Map.of("rename", "us.{topic}")));
        region.done(new ClaimOwnership(DOMAIN, US, 0, Mode.STEADY, "first owner"));
    }

    @Test
    void aCopyOfAnotherNameHasAnIdOfItsOwnAndKnowsItsSource() {
        var made = region.done(copy("us.orders", List.of(7L, 0L)));
        var again = region.done(copy("us.orders", List.of(9L, 9L)));

        assertThat(made.topicId()).isNotIn(SOURCE, Uuid.ZERO_UUID).isEqualTo(again.topicId());
        MirrorRegistration mirror =
                region.image().links().mirrorTopic(made.topicId()).orElseThrow();
        assertThat(mirror.sourceTopicId()).isEqualTo(SOURCE);
        assertThat(mirror.origin().starts()).containsExactly(7L, 0L);
        // The topic itself may come here too, over another link.
        region.done(
                new DefineLink(
                        new LinkDefined(new LinkName("plain"), new Uuid(8, 8), US, EU, topics())));
        region.done(
                new CreateMirrorTopic(new LinkName("plain"), "orders", SOURCE, 2, new TreeMap<>()));
        assertThat(region.image().topics().topic(SOURCE)).isPresent();
    }

    @Test
    void theNamesOfTheCopiesAreTheLinksToMakeAndThoseOfTheSourceAreFree() {
        assertThat(region.create(Region.topic("us.bills", 1, 1)).toString())
                .contains("link us-to-eu brings it here");
        region.create("bills", 1, 1);

        var made = region.done(copy("us.orders", List.of()));
        assertThat(region.image().leavesOut(mirror(made.topicId()))).isFalse();
        region.done(definition(Map.of("rename", "us.{topic}", "topics", "*,!orders")));
        assertThat(region.image().leavesOut(mirror(made.topicId()))).isTrue();
    }

    @Test
    void nobodyTakesOverCopiesThatAreNotTheTopics() {
        region.done(copy("us.orders", List.of()));

        assertThat(
                        region.refused(new ClaimOwnership(DOMAIN, EU, 1, Mode.FORCED, "a failover"))
                                .message())
                .contains("its copies stay read-only");
        region.done(
                new DefineLink(
                        new LinkDefined(
                                new LinkName("late"),
                                new Uuid(9, 9),
                                EU,
                                US,
                                new TreeMap<>(Map.of("topics", "*", "start", "latest")))));
        var late = new DomainName("late");
        region.done(new ClaimOwnership(late, EU, 0, Mode.STEADY, "first owner"));
        assertThat(
                        region.refused(new ClaimOwnership(late, EU, 1, Mode.HANDOVER, "planned"))
                                .message())
                .contains("nobody takes over");
    }

    @Test
    void whatCopiesAreCalledNeverChangesNotEvenOfALinkThatWasRemoved() {
        region.done(copy("us.orders", List.of()));

        assertThat(region.refused(definition(Map.of("rename", "{topic}.us"))).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(region.refused(definition(Map.of())).message())
                .contains("us.{topic}", "that never changes");
        region.done(
                new DefineLink(
                        new LinkDefined(LINK, new Uuid(7, 7), US, EU, topics("us.{topic}"))
                                .retire()));
        assertThat(region.refused(definition(Map.of())).error()).isEqualTo(Errors.INVALID_REQUEST);
        region.done(definition(Map.of("rename", "us.{topic}", "start", "latest")));
    }

    private MirrorRegistration mirror(Uuid topicId) {
        return region.image().links().mirrorTopic(topicId).orElseThrow();
    }

    private static CreateMirrorTopic copy(String name, List<Long> starts) {
        return new CreateMirrorTopic(LINK, name, SOURCE, 2, starts, new TreeMap<>());
    }

    private static DefineLink definition(Map<String, String> more) {
        var settings = new TreeMap<>(Map.of("topics", "*"));
        settings.putAll(more);
        return new DefineLink(new LinkDefined(LINK, new Uuid(7, 7), US, EU, settings));
    }

    private static TreeMap<String, String> topics() {
        return new TreeMap<>(Map.of("topics", "*"));
    }

    private static TreeMap<String, String> topics(String rename) {
        return new TreeMap<>(Map.of("topics", "*", "rename", rename));
    }
}
