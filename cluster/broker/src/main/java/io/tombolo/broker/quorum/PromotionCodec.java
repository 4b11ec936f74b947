package io.tombolo.broker.quorum;

import io.tombolo.controller.command.LinkCommand.AbortMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Aborting;
import io.tombolo.controller.command.LinkCommand.BeginReturn;
import io.tombolo.controller.command.LinkCommand.ClampMirrorOffsets;
import io.tombolo.controller.command.LinkCommand.Clamped;
import io.tombolo.controller.command.LinkCommand.ConfirmCut;
import io.tombolo.controller.command.LinkCommand.ConfirmExport;
import io.tombolo.controller.command.LinkCommand.Diverged;
import io.tombolo.controller.command.LinkCommand.ReportDivergence;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.LinkCommand.Settled;
import io.tombolo.metadata.record.FieldReader;
import io.tombolo.metadata.record.FieldWriter;
import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;

import org.apache.kafka.common.Uuid;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The fields of the commands with which leaders tell how far a promotion or a return is. Pure. */
final class PromotionCodec {

    private static final int SETTLED_BYTES_MIN = 24;
    private static final int ABORTING_BYTES_MIN = 21;
    private static final int TOPIC_BYTES_MIN = 17;
    private static final int DIVERGED_BYTES_MIN = 25;

    private PromotionCodec() {}

    static void write(SettleMirrorPartitions settle, FieldWriter to) {
        to.string(settle.link().name())
                .number(settle.ownershipEpoch())
                .list(
                        List.copyOf(settle.settled().entrySet()),
                        (FieldWriter out, Map.Entry<PartitionId, Settled> one) -> {
                            AnswerCodec.partition(out, one.getKey());
                            out.number(one.getValue().leaderEpoch());
                            one.getValue().end().write(out);
                            one.getValue().open().write(out);
                        });
    }

    static SettleMirrorPartitions readSettle(FieldReader from) {
        var link = new LinkName(from.string());
        long ownershipEpoch = from.number();
        var settled = new TreeMap<PartitionId, Settled>();
        from.list(
                SETTLED_BYTES_MIN,
                one ->
                        settled.put(
                                        AnswerCodec.partition(one),
                                        new Settled(
                                                one.smallNumber(),
                                                CopyEnd.read(one),
                                                OpenTransactions.read(one)))
                                == null);
        return new SettleMirrorPartitions(link, ownershipEpoch, settled);
    }

    static void write(ClampMirrorOffsets clamp, FieldWriter to) {
        to.string(clamp.link().name())
                .number(clamp.ownershipEpoch())
                .number(clamp.offsetsPartition())
                .number(clamp.leaderEpoch())
                .uuids(List.copyOf(clamp.clamped().topicIds()))
                .list(clamp.clamped().positions(), (out, one) -> one.write(out));
    }

    static ClampMirrorOffsets readClamp(FieldReader from) {
        return new ClampMirrorOffsets(
                new LinkName(from.string()),
                from.number(),
                from.smallNumber(),
                from.smallNumber(),
                new Clamped(
                        new TreeSet<>(from.uuids()),
                        from.list(ClampedPosition.BYTES_MIN, ClampedPosition::read)));
    }

    static void write(AbortMirrorTransactions abort, FieldWriter to) {
        to.string(abort.link().name())
                .number(abort.ownershipEpoch())
                .list(
                        List.copyOf(abort.partitions().entrySet()),
                        (FieldWriter out, Map.Entry<PartitionId, Aborting> one) -> {
                            AnswerCodec.partition(out, one.getKey());
                            out.number(one.getValue().leaderEpoch());
                            one.getValue().found().write(out);
                            out.flag(one.getValue().done());
                        });
    }

    static AbortMirrorTransactions readAbort(FieldReader from) {
        var link = new LinkName(from.string());
        long ownershipEpoch = from.number();
        var partitions = new TreeMap<PartitionId, Aborting>();
        from.list(
                ABORTING_BYTES_MIN,
                one ->
                        partitions.put(
                                        AnswerCodec.partition(one),
                                        new Aborting(
                                                one.smallNumber(),
                                                OpenTransactions.read(one),
                                                one.flag()))
                                == null);
        return new AbortMirrorTransactions(link, ownershipEpoch, partitions);
    }

    static void write(BeginReturn begin, FieldWriter to) {
        to.string(begin.link().name())
                .number(begin.ownershipEpoch())
                .list(
                        List.copyOf(begin.copies().entrySet()),
                        (FieldWriter out, Map.Entry<Uuid, SortedMap<Integer, CopyEnd>> one) ->
                                out.uuid(one.getKey())
                                        .list(
                                                List.copyOf(one.getValue().entrySet()),
                                                (FieldWriter ends,
                                                        Map.Entry<Integer, CopyEnd> end) ->
                                                        end.getValue()
                                                                .write(ends.number(end.getKey()))));
    }

    static BeginReturn readBegin(FieldReader from) {
        var link = new LinkName(from.string());
        long ownershipEpoch = from.number();
        var copies = new TreeMap<Uuid, SortedMap<Integer, CopyEnd>>();
        from.list(
                TOPIC_BYTES_MIN,
                topic -> {
                    var id = topic.uuid();
                    var ends = new TreeMap<Integer, CopyEnd>();
                    topic.list(
                            CopyEnd.BYTES_MIN,
                            one -> ends.put(one.smallNumber(), CopyEnd.read(one)) == null);
                    return copies.put(id, ends) == null;
                });
        return new BeginReturn(link, ownershipEpoch, copies);
    }

    static void write(ReportDivergence report, FieldWriter to) {
        to.string(report.link().name())
                .number(report.ownershipEpoch())
                .list(
                        List.copyOf(report.partitions().entrySet()),
                        (FieldWriter out, Map.Entry<PartitionId, Diverged> one) -> {
                            AnswerCodec.partition(out, one.getKey());
                            out.number(one.getValue().leaderEpoch());
                            one.getValue().divergence().write(out);
                        });
    }

    static ReportDivergence readReport(FieldReader from) {
        var link = new LinkName(from.string());
        long ownershipEpoch = from.number();
        var partitions = new TreeMap<PartitionId, Diverged>();
        from.list(
                DIVERGED_BYTES_MIN,
                one ->
                        partitions.put(
                                        AnswerCodec.partition(one),
                                        new Diverged(one.smallNumber(), Divergence.read(one)))
                                == null);
        return new ReportDivergence(link, ownershipEpoch, partitions);
    }

    static void write(ConfirmExport export, FieldWriter to) {
        to.string(export.link().name())
                .number(export.ownershipEpoch())
                .list(
                        List.copyOf(export.partitions().entrySet()),
                        (FieldWriter out, Map.Entry<PartitionId, String> one) -> {
                            AnswerCodec.partition(out, one.getKey());
                            out.string(one.getValue());
                        });
    }

    static ConfirmExport readExport(FieldReader from) {
        var link = new LinkName(from.string());
        long ownershipEpoch = from.number();
        var partitions = new TreeMap<PartitionId, String>();
        from.list(
                TOPIC_BYTES_MIN,
                one -> partitions.put(AnswerCodec.partition(one), one.string()) == null);
        return new ConfirmExport(link, ownershipEpoch, partitions);
    }

    static void write(ConfirmCut cut, FieldWriter to) {
        to.string(cut.link().name())
                .number(cut.ownershipEpoch())
                .number(cut.brokerId())
                .list(List.copyOf(cut.partitions()), AnswerCodec::partition);
    }

    static ConfirmCut readCut(FieldReader from) {
        return new ConfirmCut(
                new LinkName(from.string()),
                from.number(),
                from.smallNumber(),
                new TreeSet<>(from.list(TOPIC_BYTES_MIN, AnswerCodec::partition)));
    }
}
