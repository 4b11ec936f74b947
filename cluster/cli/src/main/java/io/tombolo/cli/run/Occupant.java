package io.tombolo.cli.run;

import io.tombolo.broker.BrokerServer;
import io.tombolo.broker.controller.ControllerServer;
import io.tombolo.environment.Endpoint;

import java.time.Duration;

/** What runs on a seat of this process. */
sealed interface Occupant {

    Endpoint admin();

    /** Blocks until it cannot go on; returns why. */
    String awaitFailure() throws InterruptedException;

    /** Stops it in an orderly way within this time. */
    void stop(Duration grace);

    /** What it leads, while it stops, and has not handed over; empty when nothing. */
    String notHandedOver();

    /** A broker. */
    record OfBroker(BrokerServer server) implements Occupant {

        @Override
        public Endpoint admin() {
            return server.admin();
        }

        @Override
        public String awaitFailure() throws InterruptedException {
            return server.awaitFailure();
        }

        @Override
        public void stop(Duration grace) {
            server.stop(grace);
        }

        @Override
        public String notHandedOver() {
            return server.notHandedOver();
        }
    }

    /** A controller that is no broker; it leads no partitions. */
    record OfController(ControllerServer server) implements Occupant {

        @Override
        public Endpoint admin() {
            return server.admin();
        }

        @Override
        public String awaitFailure() throws InterruptedException {
            return server.awaitFailure();
        }

        @Override
        public void stop(Duration grace) {
            server.stop(grace);
        }

        @Override
        public String notHandedOver() {
            return "";
        }
    }
}
