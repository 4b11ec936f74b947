package io.tombolo.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/** How answers of brokers are shown to people. */
class AdminTextTest {

    private static final Topology TOPOLOGY =
            topology(
                    """
                    tombolo: 1
                    regions: { eu: {}, us: {} }
                    links: { eu-to-us: { from: eu, to: us, topics: ["*"] } }
                    """);

    @Test
    void statusShowsRegionsLinksAndPolicies() {
        assertThat(StatusCommand.tablesOf(List.of(snapshot(RecordedAnswer.of("status")))))
                .isEqualTo(
                        """
                        REGION  STATE    BROKERS  CONTROLLER  KAFKA           PARTITIONS  UNDER-REPL  UNDER-MIN  OFFLINE  OWNS
                        us      serving      1/1  us-1        127.0.0.1:9192           2           0          0        0  eu-to-us epoch 1 (owner: eu)

                        HEARD IN  OF     AGO  BROKERS  FILE
                        us        ap  418 ms        –  –
                        us        eu  422 ms      1/1  the same

                        LINK      FROM → TO  STATE   TOPICS  LAG records  LAG bytes  LAG time  GROUPS  TROUBLE
                        eu-to-us  eu → us    active     1/1            0        0 B    857 ms       1  –

                        FAILOVER  READY  IF YOU FAIL OVER NOW
                        eu-to-us  no     TMB-4012 eu still answers, and would go on taking writes after us is promoted
                        shop      no     TMB-4012 eu still answers, and would go on taking writes after us is promoted
                        """);
    }

    @Test
    void aLineageShowsWhoHasWrittenWhichOffsets() {
        var tree =
                TreeText.parse(
                        """
                        [{"rememberedIn": "us", "topic": "orders", "partition": 0, "reigns": [
                          {"ownershipEpoch": 0, "region": "eu", "startOffset": 0, "startLeaderEpoch": -1},
                          {"ownershipEpoch": 2, "region": "us", "startOffset": 4, "startLeaderEpoch": 70},
                          {"ownershipEpoch": 4, "region": "eu", "startOffset": -1, "startLeaderEpoch": -1}]},
                         {"rememberedIn": "us", "topic": "orders", "partition": 1, "reigns": [],
                          "gaps": [{"fromOffset": 50, "toOffset": 70}]}]
                        """);

        assertThat(LinkLineageCommand.text(tree.orElseThrow().items()))
                .isEqualTo(
                        """
                        IN  TOPIC   PARTITION  WRITTEN BY  FROM  TO   OWNERSHIP  LEADER EPOCH
                        us  orders          0  eu             0  3    the first             –
                        us  orders          0  us             4  –    epoch 2              70
                        us  orders          0  eu             –  now  epoch 4               –
                        us  orders          1  (gap)         50  69   –                     –
                        """);
        assertThat(LinkLineageCommand.text(List.of()))
                .isEqualTo("no partition has changed hands or misses records\n");
    }

    @Test
    void controllersOfTheirOwnAreCountedBesideTheActiveOne() {
        var file = "tombolo: 1\nregions: { eu: { brokers: 2, controllers: 3 } }";
        Region.Hosted eu = topology(file).hosted(new RegionId("eu")).orElseThrow();
        Tree status =
                Tree.fields()
                        .with("state", "serving")
                        .with("quorum", Tree.fields().with("leader", 100_003));
        var controllers = eu.nodes().controllers();
        var whole = new Snapshot(eu, status, "", 2, Set.copyOf(controllers));
        var lame = new Snapshot(eu, status, "", 2, Set.copyOf(controllers.subList(1, 3)));

        assertThat(StatusCommand.tablesOf(List.of(whole))).contains("serving ", "eu-c3 (3/3)");
        assertThat(StatusCommand.tablesOf(List.of(lame))).contains("degraded ", "eu-c3 (2/3)");
    }

    @Test
    void aDomainWhoseTopicsWereTakenWithAnotherLinkIsShownWithTheirOwner() {
        Tree taken = Tree.fields().with("domain", "eu-to-ap").with("owner", "ap").with("epoch", 2);
        Tree.Fields domain =
                (Tree.Fields) RecordedAnswer.of("status").at("ownership").items().getFirst();
        Tree status = with("status", "ownership", List.of(domain.with("takenOver", taken)));

        assertThat(StatusCommand.tablesOf(List.of(snapshot(status))))
                .contains("eu-to-us epoch 1 (owner: ap, with eu-to-ap epoch 2)\n");
    }

    @Test
    void aDomainWhoseOwnerARegionCannotKnowIsShownWithoutOne() {
        Tree.Fields domain =
                (Tree.Fields) RecordedAnswer.of("status").at("ownership").items().getFirst();
        Tree status = with("status", "ownership", List.of(domain.with("ownerKnown", false)));

        assertThat(StatusCommand.tablesOf(List.of(snapshot(status))))
                .contains("eu-to-us epoch 1 (owner not known here: no file has this link)\n");
    }

    @Test
    void aFailoverThatIsDoneStaysInTheStatus() {
        Tree status = with("status", "failover", List.of(RecordedAnswer.of("finished")));

        assertThat(StatusCommand.tablesOf(List.of(snapshot(status))))
                .contains(
                        "shop      done   us took over under epoch 2, 2026-11-22T07:51:43Z (asked");
    }

    @Test
    void aRegionThatDoesNotAnswerIsShownWithTheReason() {
        var silent = new Snapshot(snapshot(Tree.NOTHING).region(), Tree.NOTHING, "refused", 0);

        assertThat(StatusCommand.tablesOf(List.of(silent)))
                .contains("us      unreachable      0/1")
                .endsWith("us: refused\n");
    }

    @Test
    void ofARegionThatDoesNotAnswerItIsShownWhatAnotherOneHeardLast() {
        Region.Hosted eu = TOPOLOGY.hosted(new RegionId("eu")).orElseThrow();
        var silent = new Snapshot(eu, Tree.NOTHING, "refused", 0);

        assertThat(StatusCommand.tablesOf(List.of(silent, snapshot(RecordedAnswer.of("status")))))
                .endsWith(
                        """

                        eu: refused
                        us heard of it 422 ms ago: 1 broker, 14 connections of clients, 2 groups
                        """);
    }

    @Test
    void aLinkIsDescribedPartitionByPartition() {
        assertThat(LinkDescribeCommand.text(RecordedAnswer.of("link")))
                .isEqualTo(
                        """
                        LINK      FROM → TO  STATE   TOPICS  LAG records  LAG bytes  LAG time  GROUPS  TROUBLE
                        eu-to-us  eu → us    active     1/1            0        0 B    865 ms       1  –

                        eu was heard of 427 ms ago; it counts as gone after 4.0 s of silence
                        recovery point of the last 4.0 s: 81 ms in half of it, 865 ms in 99 %, 865 ms at worst

                        TOPIC   PARTITION  STATE   END HERE  END THERE  LAG  LAG time  EPOCH  TROUBLE
                        orders          0  active         2          2    0    865 ms      0  –

                        GROUP    SYNCED  CLAMPED    AGE  NOT SYNCED
                        billing       1        0  17 ms  –
                        """);
    }

    @Test
    void whatIsNotKnownOfAPartitionIsADash() {
        Tree lag =
                Tree.fields()
                        .with("records", -1)
                        .with("bytes", -1)
                        .with("ms", -1)
                        .with("extrapolated", true);
        Tree.Fields topic = (Tree.Fields) RecordedAnswer.of("link").at("topics").items().getFirst();
        Tree.Fields partition = (Tree.Fields) topic.at("partitions").items().getFirst();
        Tree unread = partition.with("state", "PAUSED").with("endOffset", -1).with("lag", lag);
        Tree link =
                ((Tree.Fields) with("link", "copiedLag", lag))
                        .with("topics", List.of(topic.with("partitions", List.of(unread))));

        assertThat(LinkDescribeCommand.text(link))
                .containsPattern("1/1 +– +– +– +1")
                .containsPattern("orders +0 +paused +– +2 +– +– +0");
    }

    @Test
    void aTopicInTroubleIsNamedWhereLinksAreListed() {
        assertThat(LinkListCommand.table(List.of(inTrouble())))
                .contains("0/1")
                .contains("topic orders: SOURCE_DELETED: gone");
    }

    @Test
    void aTopicThatIsNotCopiedIsInNoNumber() {
        Tree link =
                ((Tree.Fields) RecordedAnswer.of("link")).with("uncountedTopics", List.of("mine"));

        assertThat(LinkListCommand.table(List.of(link))).containsPattern("1/1 +0 \\+ \\? +0 B");
        assertThat(LinkDescribeCommand.text(link))
                .contains(
                        "no lag and no loss bound counts mine: how much of it is missing here is"
                                + " not known\n");
    }

    @Test
    void whatIsCopiedIsShownBesideTopicsOfWhichNothingIsKnown() {
        Tree unknown = Tree.fields().with("records", -1).with("bytes", -1).with("ms", -1);
        Tree copied = Tree.fields().with("records", 12).with("bytes", 120).with("ms", 3);
        Tree link =
                ((Tree.Fields) with("link", "lag", unknown))
                        .with("copiedLag", copied)
                        .with("uncountedTopics", List.of("mine"));

        assertThat(LinkListCommand.table(List.of(link))).containsPattern("1/1 +12 \\+ \\? +120 B");
    }

    @Test
    void aTopicThatIsGoneAtTheSourceComesWithTheCommandThatEndsIt() {
        assertThat(LinkDescribeCommand.text(inTrouble()))
                .contains("topic orders is gone in eu")
                .contains("tombolo topic delete orders --region us");
    }

    @Test
    void aLagThatIsNotKnownIsADashAndNoZero() {
        Tree lag = Tree.fields().with("records", 1204).with("bytes", -1).with("ms", -1);

        assertThat(LinkListCommand.table(List.of(with("link", "copiedLag", lag))).lines().skip(1))
                .first()
                .asString()
                .matches("eu-to-us +eu → us +active +1/1 +1 204 +– +– +1 +–");
    }

    @Test
    void aStoppedLinkHasNeitherLagNorTrouble() {
        Tree trouble = Tree.fields().with("code", "BREAKER_OPEN").with("detail", "x");
        Tree link = RecordedAnswer.parse(RecordedAnswer.text("link").replace("ACTIVE", "STOPPED"));
        Tree stopped = ((Tree.Fields) link).with("trouble", trouble);

        assertThat(LinkListCommand.table(List.of(stopped)).lines().skip(1))
                .first()
                .asString()
                .matches("eu-to-us +eu → us +stopped +0/1 +0 +0 B +– +1 +–");
    }

    @Test
    void aFailoverShowsTheLossFirst() {
        assertThat(FailoverText.preview(RecordedAnswer.of("ready")))
                .isEqualTo(
                        """
                        Failover  eu → us   policy shop, link eu-to-us
                        eu: no answer for 6.6 s
                        Not replicated: 0 records (0 B) known + up to about 30 produced since (7.0 s silence at up to 5/s)
                        """);
    }

    @Test
    void aMirrorThatAFailoverWouldLeaveBehindIsNamed() {
        assertThat(FailoverText.preview(with("ready", "leftOut", List.of("orders"))))
                .endsWith(
                        "orders: left out by the link's filter: stays read-only; delete it when"
                                + " nobody reads it any more\n");
    }

    @Test
    void theLossWhileTheSourceAnswersIsWhatIsOnTheWay() {
        Tree bound =
                Tree.fields()
                        .with("records", 2)
                        .with("bytes", 200)
                        .with("unheardRecords", 50)
                        .with("unheardMs", 170)
                        .with("recordsPerSecond", 295)
                        .with("uncountedTopics", List.of("bills", "mine"));

        assertThat(FailoverText.preview(with("preview", "lossBound", bound)))
                .contains(
                        "Not replicated: 2 records (200 B) known + up to about 50 on the way"
                                + " (170 ms at up to 295/s); unknown for 2 topics: bills, mine\n");
    }

    @Test
    void aLossOfWhichNoTopicIsCountedIsUnknownAndHasNoNumber() {
        Tree bound =
                Tree.fields()
                        .with("recordsMax", -1)
                        .with("records", -1)
                        .with("bytes", -1)
                        .with("unheardRecords", -1)
                        .with("unheardMs", 6_987)
                        .with("recordsPerSecond", -1)
                        .with("uncountedTopics", List.of("bills", "orders"));
        Tree ready = with("ready", "lossBound", bound);
        Tree status = with("status", "failover", List.of(ready));

        assertThat(FailoverText.preview(ready))
                .endsWith("Not replicated: unknown for 2 topics: bills, orders\n");
        assertThat(StatusCommand.tablesOf(List.of(snapshot(status))))
                .endsWith("shop      yes    unknown for 2 topics: bills, orders\n");
    }

    @Test
    void aLossOfWhichNothingIsKnownIsNotCalledNothing() {
        Tree bound =
                Tree.fields()
                        .with("records", 3)
                        .with("bytes", 300)
                        .with("unheardRecords", -1)
                        .with("unheardMs", -1);

        assertThat(FailoverText.preview(with("ready", "lossBound", bound)))
                .contains(
                        "3 records (300 B) known + an unknown number: nothing has been heard of"
                                + " what eu holds\n");
    }

    @Test
    void whatAFailoverDidIsShownStepByStep() {
        assertThat(outcomeOf(TOPOLOGY))
                .isEqualTo(
                        """
                          1/4  claim ownership              ✓  4 ms   epoch 2 is committed
                          2/4  stop mirroring               ✓  4 ms   1 partition
                          3/4  settle the copy              ✓  21 ms   1 partition, 0 groups clamped
                          4/4  make writable                ✓  0 ms   1 topic
                        Done in 31 ms. Region us owns the topics of eu-to-us under epoch 2.
                        When eu comes back and hears of that epoch, it refuses writes to them.
                        """);
    }

    @Test
    void afterAFailoverFromApacheKafkaItSaysThatNothingStopsWritersThere() {
        Topology topology =
                topology(
                        """
                        tombolo: 1
                        regions: { eu: { bootstrap: "kafka:9092" }, us: {} }
                        links: { eu-to-us: { from: eu, to: us, topics: ["*"] } }
                        """);

        assertThat(outcomeOf(topology))
                .endsWith(
                        """
                        Done in 31 ms. Region us owns the topics of eu-to-us under epoch 2.
                        eu is Apache Kafka and never hears of that epoch: nothing stops writers there.
                        Point producers away from eu, or deny them WRITE on these topics with its ACLs.
                        """)
                .doesNotContain("refuses writes");
    }

    @Test
    void aFailoverThatARestartFinishedIsShownWithItsSteps() {
        Tree.Fields finished = (Tree.Fields) RecordedAnswer.of("finished").at("finished");
        Tree resumed =
                finished.with("origin", "RESUMED")
                        .with("cause", "an operator")
                        .with("clamped", List.of(Tree.fields().with("group", "g")));

        assertThat(FailoverText.preview(with("finished", "finished", resumed)))
                .contains(
                        """
                        us took over under epoch 2, 2026-11-22T07:51:43Z, gone on with after a restart (an operator)
                          1/4  claim ownership              ✓  4 ms   epoch 2 is committed
                        """)
                .endsWith("  1 group position moved back to the end of the copy\n");
    }

    private static Tree inTrouble() {
        Tree trouble =
                Tree.fields()
                        .with("code", "SOURCE_DELETED")
                        .with("detail", "gone")
                        .with("count", 1);
        Tree.Fields topic = (Tree.Fields) RecordedAnswer.of("link").at("topics").items().getFirst();
        return with(
                "link", "topics", List.of(topic.with("state", "FAILED").with("trouble", trouble)));
    }

    /** A recorded answer with another value in one place. */
    private static Tree with(String answer, String field, Object value) {
        return ((Tree.Fields) RecordedAnswer.of(answer)).with(field, value);
    }

    private static Snapshot snapshot(Tree status) {
        return new Snapshot(TOPOLOGY.hosted(new RegionId("us")).orElseThrow(), status, "", 1);
    }

    private static LinkEntry link() {
        return linkOf(TOPOLOGY);
    }

    @Test
    void transactionsThatTheCopyLeftOpenAreNamed() {
        Tree known =
                Tree.fields()
                        .with("producerId", 4711)
                        .with("producerEpoch", 3)
                        .with("firstOffset", 345)
                        .with("records", 12);
        Tree unknown =
                Tree.fields().with("producerId", 9).with("producerEpoch", 0).with("firstOffset", 7);
        Tree partition =
                Tree.fields()
                        .with("topic", "orders")
                        .with("partition", 2)
                        .with("count", 3)
                        .with("transactions", List.of(known, unknown));

        assertThat(
                        FailoverText.outcome(
                                with("outcome", "aborted", List.of(partition)), link(), source()))
                .contains(
                        """
                          aborted in orders-2: the transaction of producer 4711 in epoch 3, 12 records from offset 345 on
                          aborted in orders-2: the transaction of producer 9 in epoch 0, records from offset 7 on
                          aborted in orders-2: 1 transaction more; -o json names them
                        """);
    }

    @Test
    void tornTransactionsAreNamedWithWhatIsCommittedAndWhatIsNot() {
        Tree torn =
                Tree.fields()
                        .with("producerId", 4711)
                        .with("producerEpoch", 3)
                        .with("committed", List.of(piece(0).with("firstOffset", 17), piece(1)))
                        .with("aborted", List.of(piece(2).with("firstOffset", 345)));

        assertThat(FailoverText.outcome(with("outcome", "torn", List.of(torn)), link(), source()))
                .contains(
                        """
                          torn: the transaction of producer 4711 in epoch 3 is committed in orders-0 from offset 17 on, orders-1 and aborted in orders-2 from offset 345 on
                        """);
    }

    private static Tree.Fields piece(int partition) {
        return Tree.fields().with("topic", "orders").with("partition", partition);
    }

    private static Region source() {
        return Objects.requireNonNull(TOPOLOGY.regions().get(link().from()));
    }

    private static LinkEntry linkOf(Topology topology) {
        return Objects.requireNonNull(topology.links().get(new LinkName("eu-to-us")));
    }

    private static String outcomeOf(Topology topology) {
        LinkEntry link = linkOf(topology);
        return FailoverText.outcome(
                RecordedAnswer.of("outcome"),
                link,
                Objects.requireNonNull(topology.regions().get(link.from())));
    }

    private static Topology topology(String text) {
        if (TopologyFile.parse("tombolo.yaml", text) instanceof TopologyFile.Valid valid) {
            return valid.topology();
        }
        throw new IllegalStateException(TopologyFile.parse("tombolo.yaml", text).toString());
    }
}
