package io.tombolo.cli.demo;

import io.tombolo.region.topology.Region;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** All brokers of a region, each in a process of its own. */
record ChildRegion(List<ChildBroker> brokers) implements AutoCloseable {

    /** Starts them all at once. */
    static ChildRegion start(DemoSite site, String region, Duration wanOneWay) {
        List<Region.Broker> wanted = site.region(region).brokers();
        return new ChildRegion(
                wanted.stream()
                        .map(broker -> ChildBroker.start(site, region, broker, wanOneWay))
                        .toList());
    }

    /** Waits until each of them serves. */
    void awaitReady() {
        brokers.forEach(ChildBroker::awaitReady);
    }

    /** The broker with this number in its region. */
    ChildBroker broker(int number) {
        return brokers.get(number - 1);
    }

    /** {@code process 30167}, or all of them. */
    String processes() {
        String ids =
                brokers.stream()
                        .filter(ChildBroker::isAlive)
                        .map(broker -> Long.toString(broker.processId()))
                        .collect(Collectors.joining(", "));
        return (ids.contains(",") ? "processes " : "process ") + ids;
    }

    boolean several() {
        return brokers.size() > 1;
    }

    /** SIGKILL to all that are left, at the same time, without waiting for what it does. */
    void strike() {
        brokers.forEach(ChildBroker::strike);
    }

    /** The same; returns when the processes are gone. */
    void kill() {
        strike();
        brokers.forEach(ChildBroker::kill);
    }

    /** The one that this Kafka node id belongs to. */
    Optional<ChildBroker> byId(DemoSite site, String region, int id) {
        return site.region(region).brokers().stream()
                .filter(broker -> broker.id().value() == id)
                .findFirst()
                .map(broker -> broker(broker.number()));
    }

    @Override
    public void close() {
        kill();
    }
}
