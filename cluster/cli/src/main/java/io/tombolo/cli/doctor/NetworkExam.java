package io.tombolo.cli.doctor;

import io.tombolo.cli.kafka.Handshake;
import io.tombolo.environment.Endpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether the brokers of the source can be reached from here, and speak what a link needs. */
record NetworkExam(Patient patient) {

    /**
     * What came of it.
     *
     * @param reachedCount brokers that answered
     */
    record Result(List<Finding> findings, int reachedCount) {}

    Result examine() {
        var findings = new ArrayList<Finding>();
        int reached = 0;
        for (Endpoint broker : patient.source().addresses()) {
            try {
                Handshake met = Handshake.with(broker, patient.connectTimeoutMs());
                reached++;
                findings.add(spoken(broker, met));
            } catch (IOException gone) {
                findings.add(unreachable(broker, gone));
            }
        }
        return new Result(findings, reached);
    }

    private Finding spoken(Endpoint broker, Handshake met) {
        String subject = "broker " + broker;
        return met.missing()
                .map(missing ->
                        Finding.ill(
                                subject,
                                "does not speak " + missing,
                                "a link reads from Kafka 2.8 and later",
                                "upgrade the brokers of " + patient.from()))
                .orElseGet(() ->
                        Finding.well(
                                subject,
                                "answers here within %d ms, and speaks what a link needs"
                                        .formatted(Math.max(1, met.roundTripMs()))));
    }

    private Finding unreachable(Endpoint broker, IOException gone) {
        boolean hosted = patient.hostedSource().isPresent();
        return Finding.ill(
                "broker " + broker,
                "cannot be reached from here: " + gone.getMessage(),
                "the link reads from the leaders of partitions, whichever broker that is",
                hosted
                        ? "tombolo up --region %s        where its brokers run"
                                .formatted(patient.from())
                        : "start the broker, or correct regions.%s.bootstrap"
                                .formatted(patient.from()),
                "from a machine of %s:  nc -vz %s %d"
                        .formatted(patient.to(), broker.host(), broker.port()));
    }
}
