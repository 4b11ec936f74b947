package io.tombolo.broker.quorum;

import io.tombolo.controller.command.HandoverCommand;
import io.tombolo.controller.command.HandoverCommand.FencePartitions;
import io.tombolo.controller.command.HandoverCommand.Fenced;
import io.tombolo.controller.command.HandoverCommand.HandOver;
import io.tombolo.controller.command.LinkCommand.AbortMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Aborting;
import io.tombolo.controller.command.LinkCommand.BeginReturn;
import io.tombolo.controller.command.LinkCommand.ClampMirrorOffsets;
import io.tombolo.controller.command.LinkCommand.Clamped;
import io.tombolo.controller.command.LinkCommand.CompareMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Compared;
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
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.Audited;
import io.tombolo.metadata.record.UnreadableRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Lineage.PartitionEnd;

import org.apache.kafka.common.Uuid;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The fields of the commands with which leaders tell how far a promotion, a return or a handover
 * is. Pure.
 */
final class PromotionCodec {

    private static final int FENCE = 0;
    private static final int HAND_OVER = 1;
    private static final int AUDIT = 2;
    private static final int END_BYTES_MIN = 20;
    private static final int SETTLED_BYTES_MIN = 24;
    private static final int ABORTING_BYTES_MIN = 21;
    private static final int COMPARED_BYTES_MIN = 19;
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

    static void write(CompareMirrorTransactions compare, FieldWriter to) {
        to.string(compare.link().name())
                .number(compare.ownershipEpoch())
                .list(
                        List.copyOf(compare.partitions().entrySet()),
                        (FieldWriter out, Map.Entry<PartitionId, Compared> one) -> {
                            AnswerCodec.partition(out, one.getKey());
                            out.number(one.getValue().leaderEpoch())
                                    .list(one.getValue().torn(), (each, torn) -> torn.write(each));
                        });
    }

    static CompareMirrorTransactions readCompare(FieldReader from) {
        var link = new LinkName(from.string());
        long ownershipEpoch = from.number();
        var partitions = new TreeMap<PartitionId, Compared>();
        from.list(
                COMPARED_BYTES_MIN,
                one ->
                        partitions.put(
                                        AnswerCodec.partition(one),
                                        new Compared(
                                                one.smallNumber(),
                                                one.list(
                                                        TornTransaction.BYTES_MIN,
                                                        TornTransaction::read)))
                                == null);
        return new CompareMirrorTransactions(link, ownershipEpoch, partitions);
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

    // --- handovers

    static boolean write(HandoverCommand<?> command, FieldWriter to) {
        switch (command) {
            case FencePartitions(var domain, var epoch, var partitions) ->
                    to.number(FENCE)
                            .string(domain.name())
                            .number(epoch)
                            .list(
                                    List.copyOf(partitions.entrySet()),
                                    (FieldWriter out, Map.Entry<PartitionId, Fenced> one) -> {
                                        AnswerCodec.partition(out, one.getKey());
                                        end(out, one.getValue().end());
                                        out.number(one.getValue().leaderEpoch());
                                    });
            case HandOver(var domain, var region, var epoch, var copies, var cause) ->
                    to.number(HAND_OVER)
                            .string(domain.name())
                            .string(region.name())
                            .number(epoch)
                            .string(cause)
                            .list(
                                    List.copyOf(copies.entrySet()),
                                    (FieldWriter out, Map.Entry<PartitionId, PartitionEnd> one) -> {
                                        AnswerCodec.partition(out, one.getKey());
                                        end(out, one.getValue());
                                    });
            case HandoverCommand.Audit(var entry) ->
                    to.number(AUDIT)
                            .number(entry.atMs())
                            .string(entry.domain().name())
                            .string(entry.act())
                            .string(entry.owner().name())
                            .number(entry.fromEpoch())
                            .number(entry.toEpoch())
                            .string(entry.cause())
                            .string(entry.result());
        }
        return true;
    }

    static HandoverCommand<?> readHandover(FieldReader from) {
        int form = from.smallNumber();
        return switch (form) {
            case FENCE -> readFence(from);
            case HAND_OVER -> readHandOver(from);
            case AUDIT ->
                    new HandoverCommand.Audit(
                            new Audited(
                                    from.number(),
                                    new DomainName(from.string()),
                                    from.string(),
                                    new RegionId(from.string()),
                                    from.number(),
                                    from.number(),
                                    from.string(),
                                    from.string()));
            default -> throw new UnreadableRecord("no command of a handover has number " + form);
        };
    }

    private static FencePartitions readFence(FieldReader from) {
        var domain = new DomainName(from.string());
        long epoch = from.number();
        var partitions = new TreeMap<PartitionId, Fenced>();
        from.list(
                END_BYTES_MIN + 1,
                one -> {
                    PartitionId id = AnswerCodec.partition(one);
                    PartitionEnd end = end(one);
                    return partitions.put(id, new Fenced(one.smallNumber(), end)) == null;
                });
        return new FencePartitions(domain, epoch, partitions);
    }

    private static HandOver readHandOver(FieldReader from) {
        var domain = new DomainName(from.string());
        var to = new RegionId(from.string());
        long epoch = from.number();
        String cause = from.string();
        var copies = new TreeMap<PartitionId, PartitionEnd>();
        from.list(END_BYTES_MIN, one -> copies.put(AnswerCodec.partition(one), end(one)) == null);
        return new HandOver(domain, to, epoch, copies, cause);
    }

    private static void end(FieldWriter to, PartitionEnd end) {
        to.number(end.endOffset()).number(end.lastEpoch()).number(end.lastCrc());
    }

    private static PartitionEnd end(FieldReader from) {
        return new PartitionEnd(from.number(), from.smallNumber(), from.number());
    }
}
