package io.tombolo.broker.link;

import static io.tombolo.broker.link.LinkedRegions.PARTITIONS;
import static io.tombolo.broker.link.LinkedRegions.US_1;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LocalLeadership;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the links of three brokers are told. */
class LinkSupervisorTest {

    private static final Duration A_WHILE = Duration.ofSeconds(20);

    private final LinkedRegions regions = LinkedRegions.spread(3);

    @Test
    void aLinkCopiesThePartitionsThatItsBrokerLeads() {
        List<String> hosts = regions.usHosts();
        assertThat(copied(hosts)).hasSize(PARTITIONS);

        regions.kill(hosts.getLast());
        regions.runFor(A_WHILE);

        List<String> left = hosts.subList(0, 2);
        assertThat(copied(left)).hasSize(PARTITIONS);
        for (String host : left) {
            assertThat(lastTold(host).partitions()).isEqualTo(led(host));
            assertThat(statusOf(host)).isEqualTo(led(host));
        }
    }

    @Test
    void whatDoesNotConcernItsPartitionsIsNotTold() {
        String controller = controller(US_1);
        String dying =
                others(controller).stream()
                        .filter(host -> !led(host).isEmpty())
                        .findFirst()
                        .orElseThrow();
        List<String> left = regions.usHosts().stream().filter(one -> !one.equals(dying)).toList();
        var before = left.stream().map(host -> regions.told(host).size()).toList();

        regions.createSingle("local");
        assertThat(left.stream().map(host -> regions.told(host).size()).toList()).isEqualTo(before);
        // Who stays keeps its partitions in a smaller ISR; one of them gets another to lead.
        regions.kill(dying);
        regions.runFor(A_WHILE);

        assertThat(left.stream().map(host -> regions.told(host).size()).toList())
                .isNotEqualTo(before)
                .containsAnyElementsOf(before);
        assertThat(copied(left)).hasSize(PARTITIONS);
    }

    @Test
    void theBrokerOfTheActiveControllerLooksAfterTheLinkAsAWhole() {
        String first = controller(US_1);
        assertThat(lastTold(first).coordinates()).isTrue();
        assertThat(others(first)).noneMatch(host -> lastTold(host).coordinates());

        regions.kill(first);
        regions.runFor(A_WHILE);

        String second = controller(others(first).getFirst());
        assertThat(others(first)).contains(second);
        assertThat(lastTold(second).coordinates()).isTrue();
        assertThat(others(first))
                .allMatch(host -> lastTold(host).coordinates() == host.equals(second));
    }

    @Test
    void aLinkWhoseTopicsWereTakenOverIsToldNothingMore() {
        regions.loseSource();
        regions.failOver(US_1, false);
        String dying = others(US_1).getFirst();
        int told = regions.told(US_1).size();

        regions.kill(dying);
        regions.runFor(A_WHILE);

        assertThat(regions.told(US_1)).hasSize(told);
        List<LinkStatus> statuses = regions.ask(US_1, core -> core.links().statuses());
        assertThat(statuses).hasSize(1);
    }

    private String controller(String asked) {
        return regions.hostOf(regions.core(asked).images().controllerId());
    }

    private List<String> others(String host) {
        return regions.usHosts().stream().filter(one -> !one.equals(host)).toList();
    }

    private LocalLeadership lastTold(String host) {
        return regions.told(host).getLast();
    }

    /** What all of them copy together; nothing is copied twice. */
    private List<LinkPartition> copied(List<String> hosts) {
        var all = new ArrayList<LinkPartition>();
        hosts.forEach(host -> all.addAll(lastTold(host).partitions()));
        assertThat(all).doesNotHaveDuplicates();
        return all;
    }

    private Set<LinkPartition> statusOf(String host) {
        var all = new TreeSet<LinkPartition>();
        for (var status : regions.ask(host, core -> core.links().statuses())) {
            status.topics()
                    .forEach(topic -> topic.partitions().forEach(one -> all.add(one.partition())));
        }
        return all;
    }

    private Set<LinkPartition> led(String host) {
        var image = regions.image(host);
        var topic = image.topics().topic("orders").orElseThrow();
        int id = regions.core(host).settings().id().value();
        var all = new TreeSet<LinkPartition>();
        topic.partitions()
                .forEach((index, partition) -> {
                    if (partition.leader() == id) {
                        all.add(new LinkPartition(topic.id(), topic.name(), index));
                    }
                });
        return all;
    }
}
