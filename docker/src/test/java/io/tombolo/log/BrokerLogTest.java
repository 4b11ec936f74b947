package io.tombolo.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.log.BrokerLog.Logged;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/** The extension is at work in this class too: it has been found by its service name. */
class BrokerLogTest {

    @Test
    void aFailureCarriesWhatWasLoggedWithItsValuesAndItsCause() {
        LoggerFactory.getLogger("io.tombolo.broker.Some")
                .atError()
                .addKeyValue("partition", "orders-0")
                .setCause(new IOException("the disk is gone"))
                .log("A test says that a partition is offline");

        Throwable failure = BrokerLog.explained(new AssertionError("nobody answers"));

        assertThat(failure.getSuppressed())
                .singleElement()
                .isInstanceOf(Logged.class)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("ERROR io.tombolo.broker.Some: A test says that a partition is offline")
                .contains("partition=orders-0")
                .contains("IOException: the disk is gone");
    }

    @Test
    void onlyTheNewestLinesAreKept() {
        for (int number = 1; number <= RecentLines.LINES_MAX; number++) {
            LoggerFactory.getLogger("io.tombolo.broker.Some").warn("A test counts {}", number);
        }

        Throwable failure = BrokerLog.explained(new AssertionError());

        assertThat(failure.getSuppressed()[0].getMessage().lines().skip(1))
                .hasSize(RecentLines.LINES_MAX)
                .last()
                .asString()
                .endsWith("A test counts 100");
    }
}
