package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.replica.Placement;
import io.tombolo.metadata.record.BrokerIds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

class PlacementTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 2", "3, 3", "4, 3", "5, 3", "6, 3", "9, 4", "30, 3"})
    void leadersAndReplicasAreSpreadEvenly(int brokers, int replicationFactor) {
        var placement = new Placement(region(brokers).image().brokers(), 7);
        var led = new TreeMap<Integer, Integer>();
        var held = new TreeMap<Integer, Integer>();
        int partitions = brokers * Math.max(1, brokers - 1) * 2;

        for (int index = 0; index < partitions; index++) {
            BrokerIds replicas = placement.replicas(index, replicationFactor);
            assertThat(replicas.size()).isEqualTo(replicationFactor);
            led.merge(replicas.at(0), 1, Integer::sum);
            replicas.asList().forEach(broker -> held.merge(broker, 1, Integer::sum));
        }

        assertThat(led).hasSize(brokers);
        assertThat(led.values()).containsOnly(partitions / brokers);
        int even = partitions * replicationFactor / brokers;
        assertThat(held.values()).allMatch(count -> Math.abs(count - even) <= even / 2 + 1);
    }

    @Test
    void twoReplicasOfAPartitionStandInTwoRacks() {
        var placement = new Placement(region(6).image().brokers(), 0);

        for (int index = 0; index < 60; index++) {
            BrokerIds replicas = placement.replicas(index, 2);
            assertThat(replicas.at(0) % 2).isNotEqualTo(replicas.at(1) % 2);
            assertThat(racksOf(placement.replicas(index, 4))).hasSize(2);
        }
    }

    @Test
    void thePartitionsOfOneLeaderHaveDifferentFollowers() {
        var placement = new Placement(region(8).image().brokers(), 0);
        Set<BrokerIds> sets = new HashSet<>();

        for (int index = 0; index < 8 * 7; index += 8) {
            sets.add(placement.replicas(index, 2));
        }

        assertThat(sets).hasSizeGreaterThan(2);
    }

    private static Set<Integer> racksOf(BrokerIds replicas) {
        var racks = new HashSet<Integer>();
        replicas.asList().forEach(broker -> racks.add(broker % 2));
        return racks;
    }

    private static Region region(int brokers) {
        var region = new Region(1);
        for (int broker = 1; broker <= brokers; broker++) {
            region.start(broker);
        }
        return region;
    }
}
