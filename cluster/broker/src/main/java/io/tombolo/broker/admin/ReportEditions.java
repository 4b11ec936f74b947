package io.tombolo.broker.admin;

import io.tombolo.environment.Entropy;
import io.tombolo.region.link.LinkStatus.TopicStatus;

import java.util.List;

/**
 * Names what this broker tells of topics, and leaves it out where it is known. Keeps the last
 * edition, to compare. Callable from any thread; guarded by one lock.
 */
final class ReportEditions {

    private final String process;
    private List<List<TopicStatus>> last = List.of();
    private long number;

    ReportEditions(Entropy entropy) {
        this.process = entropy.nextUuid().toString();
    }

    /**
     * The report as it is to be told.
     *
     * @param known the edition that whoever asks has; empty for none
     */
    synchronized BrokerReport edition(BrokerReport report, String known) {
        List<List<TopicStatus>> topics = report.topics();
        if (number == 0 || !topics.equals(last)) {
            last = topics;
            number++;
        }
        BrokerReport named = report.named(process + "." + number);
        return named.edition().name().equals(known) ? named.leavingOut() : named;
    }
}
