package io.tombolo.broker.publish;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.Worlds.US;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsAborted;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsFound;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.ReplicaStanding;
import io.tombolo.metadata.record.ReplicaStanding.Eligible;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.replication.Role;
import io.tombolo.replication.leader.Leadership;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.stream.Stream;

/** Roles and domains of the topics of {@code eu}, which a link copies to {@code us}. */
class CastingTest {

    private static final DomainName DOMAIN = new DomainName(LINK.name());

    @Test
    void anOrdinaryTopicIsLedAndOpen() {
        assertThat(roleIn(EU, Worlds.image(Worlds.topic("orders", 1))))
                .isEqualTo(new Role.Leader(Leadership.alone(1, 3), new Role.WriteAccess.Open()));
    }

    @Test
    void whatIsOnOtherBrokersOnlyIsIdle() {
        MetadataImage image = Worlds.image(Worlds.topic("orders", 1));

        assertThat(role(new Casting(2, new Domains(Worlds.linked(), EU), true), image))
                .isEqualTo(new Role.Idle());
    }

    @Test
    void aReplicaOfWhatAnotherBrokerLeadsFollowsIt() {
        var partition =
                new PartitionRegistration(BrokerIds.of(1, 2), BrokerIds.of(1), 1, 3, 0, List.of());
        Uuid id = Worlds.idOf("orders");
        MetadataImage image =
                Worlds.image(
                        List.of(
                                new TopicCreated("orders", id),
                                new PartitionCreated(id, 0, partition)));

        assertThat(role(new Casting(2, new Domains(Worlds.linked(), EU), true), image))
                .isEqualTo(new Role.Follower(3, 1));
    }

    /** A mirror copies again what it throws away; what comes back still has records of its own. */
    @ParameterizedTest
    @CsvSource({"MIRRORING, -1", "STOPPING, -1", "RETURNING, 2", "STOPPED, 2"})
    void aReplicaTellsWhatItThrowsAwayUnlessItIsCopiedAgain(
            MirrorTopic.State state, int uncleanEpoch) {
        Uuid id = Worlds.idOf("orders");
        var eligible =
                new Eligible(
                        BrokerIds.NONE,
                        BrokerIds.NONE,
                        LeaderRecovery.RECOVERED,
                        2,
                        BrokerIds.NONE);
        var partition =
                new PartitionRegistration(
                        BrokerIds.of(1, 2),
                        BrokerIds.of(1),
                        1,
                        3,
                        0,
                        new ReplicaStanding(List.of(), eligible, ReplicaStanding.Moving.NONE));
        MetadataImage image =
                Worlds.image(
                        List.of(
                                new TopicCreated("orders", id),
                                new PartitionCreated(id, 0, partition)),
                        Worlds.link(),
                        Worlds.mirror("orders", state),
                        Worlds.owned(EU, 2));

        assertThat(role(new Casting(2, new Domains(Worlds.linked(), US), true), image))
                .isEqualTo(new Role.Follower(3, 1, uncleanEpoch));
    }

    @Test
    void theSourceRefusesWritesOnceAnotherRegionOwnsTheDomain() {
        MetadataImage image =
                Worlds.image(
                        List.of(new RegionIdentity(new Uuid(1, 1), EU)),
                        Worlds.topic("orders", 1),
                        Worlds.link(),
                        Worlds.owned(US, 2));

        assertThat(roleIn(EU, image))
                .isInstanceOfSatisfying(
                        Role.Leader.class,
                        leader ->
                                assertThat(leader.access())
                                        .isInstanceOfSatisfying(
                                                Role.WriteAccess.Fenced.class,
                                                fenced ->
                                                        assertThat(fenced.reason())
                                                                .contains(
                                                                        "orders",
                                                                        "region us",
                                                                        "epoch 2")));
    }

    @Test
    void aTopicOfALinkWaitsForWordOfItsOwnerAndAnOrdinaryOneDoesNot() {
        MetadataImage image = Worlds.image(Worlds.topic("orders", 1), Worlds.topic("local", 1));
        var asking = new Casting(1, new Domains(Worlds.linked(), EU), false);
        var local = image.topics().topic("local").orElseThrow();

        assertThat(role(asking, image))
                .isInstanceOfSatisfying(
                        Role.Leader.class,
                        leader ->
                                assertThat(leader.access())
                                        .isInstanceOf(Role.WriteAccess.Undecided.class));
        assertThat(asking.roleOf(image, local, 0))
                .isEqualTo(new Role.Leader(Leadership.alone(1, 3), new Role.WriteAccess.Open()));
    }

    @Test
    void aTopicOutsideTheFilterStaysOpen() {
        MetadataImage image =
                Worlds.image(Worlds.topic("local", 1), Worlds.link(), Worlds.owned(US, 2));
        var casting = new Casting(1, new Domains(Worlds.linked(), EU), true);
        var topic = image.topics().topic("local").orElseThrow();

        assertThat(casting.roleOf(image, topic, 0))
                .isEqualTo(new Role.Leader(Leadership.alone(1, 3), new Role.WriteAccess.Open()));
        assertThat(casting.domains().of(image, topic)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STOPPED")
    void aMirrorIsWrittenByItsLinkOnly(MirrorTopic.State state) {
        MetadataImage image = mirrored(state, EU, 1);

        assertThat(roleIn(US, image))
                .isEqualTo(
                        new Role.MirrorLeader(
                                Leadership.alone(1, 3),
                                LINK,
                                1,
                                state == MirrorTopic.State.STOPPING));
    }

    @Test
    void aPromotedTopicIsOpenInTheRegionThatOwnsIt() {
        assertThat(roleIn(US, mirrored(MirrorTopic.State.STOPPED, US, 2)))
                .isEqualTo(new Role.Leader(Leadership.alone(1, 3), new Role.WriteAccess.Open()));
    }

    @Test
    void aPromotedPartitionWaitsUntilTheTransactionsLeftOpenInItAreAborted() {
        Uuid id = Worlds.idOf("orders");
        var open = OpenTransactions.of(List.of(new OpenTransactions.OpenTransaction(7, 0, 5, 2)));
        List<MetadataRecord> found = List.of(new MirrorTransactionsFound(id, 0, 2, open));
        List<MetadataRecord> aborted = List.of(new MirrorTransactionsAborted(id, 0));
        List<MetadataRecord> promoted =
                Stream.of(
                                Worlds.topic("orders", 1),
                                Worlds.link(),
                                Worlds.mirror("orders", MirrorTopic.State.STOPPED),
                                Worlds.owned(US, 2))
                        .flatMap(List::stream)
                        .toList();

        assertThat(roleIn(US, Worlds.image(promoted, found)))
                .isInstanceOfSatisfying(
                        Role.Leader.class,
                        leader ->
                                assertThat(leader.access())
                                        .isInstanceOf(Role.WriteAccess.Undecided.class));
        assertThat(roleIn(US, Worlds.image(promoted, found, aborted)))
                .isEqualTo(new Role.Leader(Leadership.alone(1, 3), new Role.WriteAccess.Open()));
    }

    @Test
    void aPromotedTopicIsFencedWhenTheRegionHasLostIt() {
        assertThat(roleIn(US, mirrored(MirrorTopic.State.STOPPED, EU, 3)))
                .isInstanceOfSatisfying(
                        Role.Leader.class,
                        leader ->
                                assertThat(leader.access())
                                        .isInstanceOf(Role.WriteAccess.Fenced.class));
    }

    /** A replica that was away while its topic came back and was taken over again. */
    @Test
    void whatIsToBeCutIsIdleWhateverBecameOfItsTopic() {
        Uuid id = Worlds.idOf("orders");
        List<MetadataRecord> cut = List.of(new ReplicasToCut(id, 0, 5, BrokerIds.of(1)));
        List<MetadataRecord> done = List.of(new ReplicasToCut(id, 0, 5, BrokerIds.NONE));
        List<MetadataRecord> promoted =
                Stream.of(
                                Worlds.topic("orders", 1),
                                Worlds.link(),
                                Worlds.mirror("orders", MirrorTopic.State.STOPPED),
                                Worlds.owned(US, 2))
                        .flatMap(List::stream)
                        .toList();

        assertThat(roleIn(US, Worlds.image(promoted, cut))).isEqualTo(new Role.Idle());
        assertThat(roleIn(US, Worlds.image(promoted, cut, done))).isInstanceOf(Role.Leader.class);
    }

    @Test
    void bothEndsOfALinkCountATopicToItsDomain() {
        MetadataImage atSource = Worlds.image(Worlds.topic("orders", 1));
        MetadataImage atDestination = mirrored(MirrorTopic.State.STOPPED, US, 2);

        assertThat(domainsOf(EU, atSource)).containsExactly(DOMAIN);
        assertThat(domainsOf(US, atDestination)).containsExactly(DOMAIN);
        assertThat(domainsOf(US, atSource)).isEmpty();
    }

    private static Iterable<DomainName> domainsOf(RegionId region, MetadataImage image) {
        return new Domains(Worlds.linked(), region)
                .of(image, image.topics().topic("orders").orElseThrow());
    }

    private static MetadataImage mirrored(MirrorTopic.State state, RegionId owner, long epoch) {
        return Worlds.image(
                Worlds.topic("orders", 1),
                Worlds.link(),
                Worlds.mirror("orders", state),
                Worlds.owned(owner, epoch));
    }

    private static Role roleIn(RegionId region, MetadataImage image) {
        return role(new Casting(1, new Domains(Worlds.linked(), region), true), image);
    }

    private static Role role(Casting casting, MetadataImage image) {
        var topic = image.topics().topic("orders").orElseThrow();
        return casting.roleOf(image, topic, 0);
    }
}
