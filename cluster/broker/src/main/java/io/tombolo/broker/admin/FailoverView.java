package io.tombolo.broker.admin;

import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.link.FailoverPreview;
import io.tombolo.broker.link.FailoverReport;
import io.tombolo.broker.link.FinishedFailover;
import io.tombolo.region.PolicyName;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.LossBound;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Failovers as JSON. */
final class FailoverView {

    private FailoverView() {}

    static List<Map<String, @Nullable Object>> previews(
            BrokerCore core, PeerBrokers.Answers others) {
        return core.failover().policies().stream()
                .flatMap(policy -> core.failover().preview(policy.name(), others.links()).stream())
                .map(FailoverView::preview)
                .toList();
    }

    static Map<String, @Nullable Object> preview(FailoverPreview preview) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("policy", preview.policy().name());
        view.put("link", preview.link().name().name());
        view.put("from", preview.link().from().name());
        view.put("to", preview.link().to().name());
        view.put("ready", preview.ready());
        view.put("reasons", preview.objections().stream().map(FailoverView::objection).toList());
        view.put(
                "lag",
                LinkView.lag(LinkView.whole(preview.risk().lag(), preview.risk().lossBound())));
        view.put("lossBound", bound(preview.risk().lossBound()));
        view.put("sourceReachable", preview.source().reachable());
        view.put("sourceSilentMs", preview.source().silentMs());
        view.put("sourceGoneAfterMs", preview.source().goneAfterMs());
        view.put("ownershipEpoch", preview.ownershipEpoch());
        view.put("leftOut", preview.leftOut());
        view.put("finished", preview.finished().map(FailoverView::finished).orElse(null));
        return view;
    }

    private static Map<String, @Nullable Object> bound(LossBound bound) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("recordsMax", bound.recordsMax());
        view.put("records", bound.records());
        view.put("bytes", bound.bytes());
        view.put("unheardRecords", bound.unheardRecords());
        view.put("unheardMs", bound.unheardMs());
        view.put("recordsPerSecond", bound.recordsPerSecond());
        view.put("failedPartitions", bound.failedPartitionCount());
        view.put("uncountedTopics", List.copyOf(bound.uncountedTopics()));
        return view;
    }

    /** What {@link #done} shows, and how it came to that. */
    private static Map<String, @Nullable Object> finished(FinishedFailover finished) {
        var view = done(finished.policy(), finished.done());
        view.put("origin", finished.origin().name());
        view.put("endedAtMs", finished.endedAtMs().orElse(null));
        view.put("cause", finished.cause());
        view.put("lossBound", bound(finished.lossBound()));
        return view;
    }

    private static Map<String, @Nullable Object> objection(FailoverPreview.Objection objection) {
        return Map.of(
                "code", objection.code(),
                "claim", objection.claim(),
                "seen", objection.seen(),
                "fix", objection.fix());
    }

    static Map<String, @Nullable Object> refused(FailoverPreview preview) {
        var first = preview.objections().stream().findFirst();
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("error", first.map(FailoverPreview.Objection::claim).orElse("refused"));
        view.put("code", first.map(FailoverPreview.Objection::code).orElse("TMB-4011"));
        view.put("reasons", preview.objections().stream().map(FailoverView::objection).toList());
        view.put("finished", preview.finished().map(FailoverView::finished).orElse(null));
        return view;
    }

    static Map<String, @Nullable Object> interrupted(FailoverReport.Interrupted interrupted) {
        return Map.of(
                "error",
                interrupted.problem(),
                "code",
                "TMB-4014",
                "steps",
                steps(interrupted.steps()));
    }

    static Map<String, @Nullable Object> done(PolicyName policy, FailoverReport.Done done) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("policy", policy.name());
        view.put("ownershipEpoch", done.ownershipEpoch());
        view.put("steps", steps(done.steps()));
        view.put(
                "topics",
                done.outcome().partitions().stream()
                        .map(one ->
                                Map.of(
                                        "topic", one.partition().topic(),
                                        "partition", one.partition().partition(),
                                        "endOffset", one.endOffset(),
                                        "highestEpoch", one.highestEpoch(),
                                        "lossBound", one.lossBound(),
                                        "settled", one.settled()))
                        .toList());
        view.put(
                "clamped",
                done.outcome().groups().stream()
                        .map(one ->
                                Map.of(
                                        "group", one.group(),
                                        "topic", one.partition().topic(),
                                        "partition", one.partition().partition(),
                                        "from", one.from(),
                                        "to", one.to()))
                        .toList());
        view.put("aborted", aborted(done.outcome().transactions()));
        view.put("torn", done.outcome().torn().stream().map(FailoverView::torn).toList());
        view.put(
                "totalMs",
                TimeUnit.NANOSECONDS.toMillis(
                        done.steps().stream().mapToLong(FailoverReport.Step::nanos).sum()));
        return view;
    }

    private static Map<String, Object> torn(FailoverOutcome.TornTransaction one) {
        return Map.of(
                "producerId", one.producerId(),
                "producerEpoch", one.producerEpoch(),
                "committed", pieces(one.committed()),
                "aborted", pieces(one.aborted()));
    }

    private static List<Map<String, @Nullable Object>> pieces(List<FailoverOutcome.Piece> pieces) {
        return pieces.stream()
                .map(one -> {
                    var view = new LinkedHashMap<String, @Nullable Object>();
                    view.put("topic", one.partition().topic());
                    view.put("partition", one.partition().partition());
                    view.put("firstOffset", one.firstOffset() < 0 ? null : one.firstOffset());
                    return (Map<String, @Nullable Object>) view;
                })
                .toList();
    }

    private static List<Map<String, Object>> aborted(
            List<FailoverOutcome.AbortedTransactions> partitions) {
        return partitions.stream()
                .map(one ->
                        Map.<String, Object>of(
                                "topic",
                                one.partition().topic(),
                                "partition",
                                one.partition().partition(),
                                "count",
                                one.count(),
                                "transactions",
                                one.told().stream().map(FailoverView::aborted).toList()))
                .toList();
    }

    private static Map<String, @Nullable Object> aborted(FailoverOutcome.AbortedTransaction one) {
        var view = new LinkedHashMap<String, @Nullable Object>();
        view.put("producerId", one.producerId());
        view.put("producerEpoch", one.producerEpoch());
        view.put("firstOffset", one.firstOffset());
        view.put("records", one.recordCount() < 0 ? null : one.recordCount());
        return view;
    }

    private static List<Map<String, @Nullable Object>> steps(List<FailoverReport.Step> steps) {
        return steps.stream()
                .map(step ->
                        Map.<String, Object>of(
                                "step", step.name(),
                                "ok", true,
                                "detail", step.detail(),
                                "ms", TimeUnit.NANOSECONDS.toMillis(step.nanos())))
                .toList();
    }
}
