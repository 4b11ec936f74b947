package io.tombolo.broker.quorum;

import io.tombolo.controller.command.LinkCommand.AbortMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Aborting;
import io.tombolo.controller.command.LinkCommand.ClampMirrorOffsets;
import io.tombolo.controller.command.LinkCommand.Clamped;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.LinkCommand.Settled;
import io.tombolo.metadata.record.FieldReader;
import io.tombolo.metadata.record.FieldWriter;
import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The fields of the commands with which leaders tell how far a promotion is. Pure. */
final class PromotionCodec {

    private static final int SETTLED_BYTES_MIN = 24;
    private static final int ABORTING_BYTES_MIN = 21;

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
}
