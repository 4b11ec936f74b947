package io.tombolo.linker;

import io.tombolo.linker.mirror.BatchCheck;
import io.tombolo.linker.mirror.CheckedBatches;
import io.tombolo.linker.mirror.FetchedSlice;
import io.tombolo.linker.mirror.MirrorPartition;
import io.tombolo.linker.mirror.PartitionEvent;
import io.tombolo.linker.source.CallOutcome;
import io.tombolo.linker.source.FrameLease;
import io.tombolo.linker.source.LinkTimers;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.linker.source.SourceNode;
import io.tombolo.linker.source.SourceTopic;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Fetches for some of the partitions that one source broker leads, over one connection, one request
 * at a time. Mutable; owned by the loop of the link.
 *
 * <p>Its memory is bounded: a partition with unanswered appends is left out of the next request,
 * and no request is sent while the link holds too many bytes that are not appended yet.
 */
final class FetchLane {

    private static final int WAIT_MS = 500;
    private static final int WAIT_HELD_BACK_MS = 20;
    private static final int FETCH_LOWEST = 12;
    private static final int FETCH_BY_ID = 13;
    private static final int FETCH_HIGHEST = 17;
    private static final long QUIET_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private record Member(PartitionWorker worker, SourceTopic topic) {}

    private final LinkScope scope;
    private final SourceNode node;
    private final int index;
    private final BatchCheck check;
    private final TreeMap<String, Map<Integer, Member>> members = new TreeMap<>();
    private final Map<Uuid, String> namesById = new HashMap<>();
    private final FetchSession session = new FetchSession();
    private final FetchSize size = new FetchSize();
    private long sentNanos;
    private long drops;
    private LinkTimers.Pending refill;
    private boolean inFlight;
    private boolean wakePlanned;
    private boolean closed;
    private long answeredNanos;
    private boolean everAnswered;

    FetchLane(LinkScope scope, SourceNode node, int index) {
        this.scope = scope;
        this.node = node;
        this.index = index;
        this.check = new BatchCheck(scope.safeguards());
        this.refill = scope.timers().none();
        this.drops = node.drops(index);
        scope.countLane(1);
    }

    /** Fetches for a partition from the next request on. */
    void add(PartitionWorker worker, SourceTopic topic) {
        members.computeIfAbsent(topic.name(), _ -> new TreeMap<>())
                .put(worker.id().partition(), new Member(worker, topic));
        if (!topic.id().equals(Uuid.ZERO_UUID)) {
            namesById.put(topic.id(), topic.name());
        }
        worker.ride(this);
        wake();
    }

    /** Does not fetch for it any more; what is under way is dropped when it arrives. */
    void remove(PartitionWorker worker) {
        worker.ride(null);
        Map<Integer, Member> partitions = members.get(worker.sourceTopic());
        if (partitions != null) {
            partitions.remove(worker.id().partition());
            if (partitions.isEmpty()) {
                members.remove(worker.sourceTopic());
            }
        }
    }

    SourceNode node() {
        return node;
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Whether the source answered this lane lately. */
    boolean isAnswering() {
        return everAnswered && scope.now() - answeredNanos <= QUIET_NANOS_MAX;
    }

    /** Sends the next request soon, if one can be sent. */
    void wake() {
        if (!wakePlanned && !inFlight && !closed) {
            wakePlanned = true;
            scope.loop().execute(this::send);
        }
    }

    void close() {
        if (!closed) {
            closed = true;
            refill.cancel();
            scope.countLane(-1);
        }
    }

    private void send() {
        wakePlanned = false;
        if (inFlight || closed || scope.isClosed()) {
            return;
        }
        noticeDrop();
        refill.cancel();
        ByteBudget.Admitted admitted = scope.budget().admits(scope.now());
        Map<FetchSession.Name, FetchSession.Position> wanted = wanted(admitted);
        if (wanted.isEmpty() && admitted != ByteBudget.Admitted.EVERYTHING) {
            refill = scope.timers().after(scope.budget().nanosUntilMore(scope.now()), this::wake);
        }
        if (wanted.isEmpty() || !scope.admitsFetch(this::wake)) {
            return;
        }
        inFlight = true;
        sentNanos = scope.now();
        int waitMs = waitMs(admitted);
        FetchRequestData request =
                session.next(wanted)
                        .setReplicaId(-1)
                        .setMaxWaitMs(waitMs)
                        .setMinBytes(1)
                        .setMaxBytes(size.bytes(scope.laneBytes()))
                        .setIsolationLevel((byte) 0);
        boolean byId =
                wanted.values().stream()
                        .noneMatch(position -> position.sourceTopicId().equals(Uuid.ZERO_UUID));
        node.fetch(
                index,
                ClientCall.of(
                        ApiKeys.FETCH, FETCH_LOWEST, byId ? FETCH_HIGHEST : FETCH_LOWEST, request),
                TimeUnit.MILLISECONDS.toNanos(waitMs),
                this::answered);
    }

    /**
     * What answers on another connection may be another process, with another past: whoever is
     * copied through this lane finds out afresh, also those that no question was under way for.
     */
    private void noticeDrop() {
        if (drops == node.drops(index)) {
            return;
        }
        drops = node.drops(index);
        session.lost();
        var reason =
                new Reason(
                        Reason.Code.SOURCE_UNREACHABLE,
                        "source broker " + node.id() + " has closed the connection");
        for (Map<Integer, Member> partitions : List.copyOf(members.values())) {
            for (Member member : List.copyOf(partitions.values())) {
                if (member.worker().machine().fetches()) {
                    member.worker().feed(new PartitionEvent.SourceFailed(reason));
                }
            }
        }
    }

    /** Not long where something waits for the next request. */
    private int waitMs(ByteBudget.Admitted admitted) {
        if (isAnyHeldBack()) {
            return WAIT_HELD_BACK_MS;
        }
        if (admitted == ByteBudget.Admitted.EVERYTHING) {
            return WAIT_MS;
        }
        long untilMs = TimeUnit.NANOSECONDS.toMillis(scope.budget().nanosUntilMore(scope.now()));
        return Math.clamp(untilMs, WAIT_HELD_BACK_MS, WAIT_MS);
    }

    private Map<FetchSession.Name, FetchSession.Position> wanted(ByteBudget.Admitted admitted) {
        var wanted = new LinkedHashMap<FetchSession.Name, FetchSession.Position>();
        int bytesMax = size.bytes(scope.laneBytes());
        members.forEach((name, partitions) ->
                partitions.forEach((number, member) -> {
                    MirrorPartition machine = member.worker().machine();
                    if (machine.wantsFetch() && admits(admitted, machine, bytesMax)) {
                        wanted.put(
                                new FetchSession.Name(name, number),
                                new FetchSession.Position(
                                        member.topic().id(),
                                        machine.nextFetchOffset(),
                                        machine.nextFetchEpoch(),
                                        member.topic().partitions().get(number).epoch(),
                                        bytesMax));
                    }
                }));
        return wanted;
    }

    /** One fetch brings all that a live partition is behind, as far as anybody can tell. */
    private static boolean admits(
            ByteBudget.Admitted admitted, MirrorPartition machine, int bytesMax) {
        return switch (admitted) {
            case EVERYTHING -> true;
            case NOTHING -> false;
            case LIVE ->
                    machine.state() == State.ACTIVE
                            && machine.meter().bytes(machine.meter().records()) <= bytesMax;
        };
    }

    /** Whether some would be fetched if their appends were answered. */
    private boolean isAnyHeldBack() {
        return members.values().stream()
                .flatMap(partitions -> partitions.values().stream())
                .map(member -> member.worker().machine())
                .anyMatch(machine -> machine.fetches() && !machine.wantsFetch());
    }

    private void answered(CallOutcome outcome) {
        inFlight = false;
        switch (outcome) {
            case CallOutcome.Failed(var reason) -> failAll(reason);
            case CallOutcome.Answered answer -> {
                size.answered(answer.lease().bytes(), scope.now() - sentNanos);
                scope.charge(answer.lease());
                use((FetchResponseData) answer.body(), answer.version(), answer.lease());
                answer.lease().release();
            }
        }
        wake();
    }

    private void failAll(Reason reason) {
        var asked = List.copyOf(session.asked().keySet());
        session.lost();
        for (FetchSession.Name name : asked) {
            Member member = memberOf(name);
            if (member != null) {
                member.worker().feed(new PartitionEvent.SourceFailed(reason));
            }
        }
    }

    private void use(FetchResponseData answer, short version, FrameLease lease) {
        Errors error = Errors.forCode(answer.errorCode());
        if (!session.answered(error, answer.sessionId())) {
            if (!isSessionError(error)) {
                failAll(problem(error));
            }
            return;
        }
        answeredNanos = scope.now();
        everAnswered = true;
        scope.answered();
        var asked = new LinkedHashMap<>(session.asked());
        var unchanged = new LinkedHashSet<>(asked.keySet());
        for (FetchableTopicResponse topic : answer.responses()) {
            String name = version >= FETCH_BY_ID ? namesById.get(topic.topicId()) : topic.topic();
            for (PartitionData partition : topic.partitions()) {
                if (name == null) {
                    continue;
                }
                var key = new FetchSession.Name(name, partition.partitionIndex());
                FetchSession.Position position = asked.get(key);
                Member member = memberOf(key);
                unchanged.remove(key);
                if (position != null && member != null) {
                    feed(member.worker(), position, partition, lease);
                }
            }
        }
        confirm(unchanged);
    }

    /** What is not mentioned in the answer of a session has not changed. */
    private void confirm(Set<FetchSession.Name> unchanged) {
        for (FetchSession.Name name : unchanged) {
            Member member = memberOf(name);
            if (member != null) {
                member.worker().machine().meter().confirm(sentNanos);
            }
        }
    }

    private void feed(
            PartitionWorker worker,
            FetchSession.Position asked,
            PartitionData answer,
            FrameLease lease) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.OFFSET_OUT_OF_RANGE) {
            worker.feed(new PartitionEvent.OffsetOutOfRange(asked.offset()));
        } else if (error != Errors.NONE) {
            worker.feed(new PartitionEvent.SourceFailed(problem(error)));
        } else if (answer.divergingEpoch().endOffset() >= 0) {
            worker.feed(
                    new PartitionEvent.SourceDiverged(
                            asked.offset(),
                            answer.divergingEpoch().epoch(),
                            answer.divergingEpoch().endOffset()));
        } else {
            ByteBuffer records = RecordBytes.of(answer);
            CheckedBatches batches =
                    check.check(
                            records,
                            worker.machine().expectation(asked.offset(), asked.lastEpoch()));
            worker.feed(
                    new FetchedSlice(
                            asked.offset(),
                            answer.logStartOffset(),
                            Math.max(0, answer.highWatermark()),
                            batches),
                    sentNanos,
                    lease);
        }
    }

    private static boolean isSessionError(Errors error) {
        return switch (error) {
            case FETCH_SESSION_ID_NOT_FOUND,
                    INVALID_FETCH_SESSION_EPOCH,
                    FETCH_SESSION_TOPIC_ID_ERROR ->
                    true;
            default -> false;
        };
    }

    private Reason problem(Errors error) {
        return new Reason(
                SourceInventory.codeOf(error), "source broker " + node.id() + " answers " + error);
    }

    private @Nullable Member memberOf(FetchSession.Name name) {
        Map<Integer, Member> partitions = members.get(name.topic());
        return partitions == null ? null : partitions.get(name.partition());
    }
}
