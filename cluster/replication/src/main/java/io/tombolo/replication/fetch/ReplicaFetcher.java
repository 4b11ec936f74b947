package io.tombolo.replication.fetch;

import io.tombolo.protocol.RecordBytes;
import io.tombolo.replication.Partition;
import io.tombolo.replication.fetch.FollowedPartition.Question;
import io.tombolo.replication.follower.FetchPosition;
import io.tombolo.replication.follower.FollowerOutcome;
import io.tombolo.replication.follower.LeaderAnswer;
import io.tombolo.replication.quota.CopyLimit;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Copies the partitions of one shard from one leader. A pure machine: it hears events with the time
 * and says which request comes next; mutable, confined to the loop of its partitions.
 *
 * <p>Contract with whoever drives it, on that loop: hand over every event, one after the other;
 * send the request that a step returns, if any; hand over exactly one of {@code Fetched}, {@code
 * OffsetsListed} and {@code RequestFailed} for it. There is one request under way at a time. After
 * each step, see to it that {@code TimePassed} comes at {@link #wakeAtNanos()}. Answers of a
 * connection that is gone are not handed over any more once {@code RequestFailed} was. The driver
 * needs to know nothing of partitions, epochs and sessions.
 *
 * <p>An error of one partition never stops the others: it pauses. A partition that gave records
 * goes behind those that did not, so that a limit on the size of answers starves nobody.
 *
 * <p>A step costs as much as something changed, however many partitions are followed.
 */
public final class ReplicaFetcher {

    private final FetcherSettings settings;
    private final Identity identity;
    private final CopyLimit borrowing;
    private final LeaderSession session = new LeaderSession();
    private final Map<TopicIdPartition, FollowedPartition> followed = new LinkedHashMap<>();

    /** Whose wish may be another one than the session knows: the next request looks at these. */
    private final Set<TopicIdPartition> changed = new LinkedHashSet<>();

    /** Who was left out of the session because of a pause. */
    private final Map<TopicIdPartition, FollowedPartition> pausing = new LinkedHashMap<>();

    private final OffsetQuestions questions;
    private long pauseEndNanos;
    private boolean underWay;
    private boolean fetching;
    private int failureCount;
    private long pausedUntilNanos;

    /**
     * Who fetches.
     *
     * @param brokerEpoch of the present registration
     */
    public record Identity(int brokerId, long brokerEpoch) {}

    /** Without a limit on copying. */
    public ReplicaFetcher(FetcherSettings settings, Identity identity) {
        this(settings, identity, new CopyLimit());
    }

    /**
     * @param borrowing how fast partitions that have not caught up may be copied
     */
    public ReplicaFetcher(FetcherSettings settings, Identity identity, CopyLimit borrowing) {
        this.settings = settings;
        this.identity = identity;
        this.borrowing = borrowing;
        this.questions = new OffsetQuestions(settings, identity.brokerId());
    }

    /** How many partitions it copies. */
    public int followedCount() {
        return followed.size();
    }

    /**
     * Takes an event.
     *
     * @return the request to send now; empty while one is under way, or when there is nothing to
     *     ask for before {@link #wakeAtNanos()} or the next event
     */
    public Optional<FetcherRequest> step(FetcherEvent event, long nowNanos) {
        switch (event) {
            case FetcherEvent.Followed(Partition partition) -> follow(partition);
            case FetcherEvent.Unfollowed(TopicIdPartition partition) -> unfollow(partition);
            case FetcherEvent.Fetched(FetchResponseData response) -> fetched(response, nowNanos);
            case FetcherEvent.OffsetsListed(var response) -> {
                succeeded();
                questions.answered(response, followed, nowNanos);
                looked().forEach(one -> notePause(one, nowNanos));
            }
            case FetcherEvent.RequestFailed _ -> failed(nowNanos);
            case FetcherEvent.TimePassed _ -> {}
        }
        endPauses(nowNanos);
        return underWay ? Optional.empty() : nextRequest(nowNanos);
    }

    private void unfollow(TopicIdPartition partition) {
        followed.remove(partition);
        pausing.remove(partition);
        changed.add(partition);
    }

    /** Whoever pauses is left out of the next request, and looked at again when that is over. */
    private void notePause(FollowedPartition one, long nowNanos) {
        if (one.pausing(nowNanos)) {
            long until = one.pausedUntilNanos();
            boolean first = pausing.isEmpty() || until - pauseEndNanos < 0;
            pauseEndNanos = first ? until : pauseEndNanos;
            pausing.put(one.partition().id(), one);
        }
    }

    private void endPauses(long nowNanos) {
        if (pausing.isEmpty() || nowNanos - pauseEndNanos < 0) {
            return;
        }
        var all = List.copyOf(pausing.values());
        pausing.clear();
        for (FollowedPartition one : all) {
            if (one.pausing(nowNanos)) {
                notePause(one, nowNanos);
            } else {
                changed.add(one.partition().id());
            }
        }
    }

    /** A later epoch of the same partition starts without pauses of the one before. */
    private void follow(Partition partition) {
        followed.put(partition.id(), new FollowedPartition(partition));
        pausing.remove(partition.id());
        changed.add(partition.id());
    }

    private void succeeded() {
        underWay = false;
        failureCount = 0;
    }

    private void failed(long nowNanos) {
        underWay = false;
        session.lost();
        failureCount++;
        pausedUntilNanos = nowNanos + settings.pauseNanos(failureCount);
    }

    private boolean pausing(long nowNanos) {
        return failureCount > 0 && nowNanos - pausedUntilNanos < 0;
    }

    /**
     * Whether a fetch is under way that does not ask for everybody who could be asked for: whoever
     * has come to be followed since, or whose pause is over. The leader may let that fetch wait for
     * records; a driver that can make it answer at once does so now.
     */
    public boolean hurries(long nowNanos) {
        return underWay
                && fetching
                && changed.stream()
                        .map(followed::get)
                        .anyMatch(one -> one != null && !one.pausing(nowNanos) && leftOut(one));
    }

    private boolean leftOut(FollowedPartition one) {
        Optional<FetchPosition> position = one.partition().fetchPosition();
        return position.isPresent()
                && (one.question() != Question.RECORDS
                        || !position.get().equals(session.asked().get(one.partition().id())));
    }

    /**
     * When {@code TimePassed} is to be handed over: the earliest end of a pause. While a request is
     * under way that is for the sake of {@link #hurries} alone. Empty when nobody pauses.
     */
    public OptionalLong wakeAtNanos() {
        if (followed.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!underWay && failureCount > 0) {
            return OptionalLong.of(pausedUntilNanos);
        }
        return pausing.isEmpty() ? OptionalLong.empty() : OptionalLong.of(pauseEndNanos);
    }

    private Optional<FetcherRequest> nextRequest(long nowNanos) {
        if (pausing(nowNanos)) {
            return Optional.empty();
        }
        if (session.beginsAnew()) {
            changed.addAll(followed.keySet());
        }
        Optional<FetcherRequest> request = questions.next(looked(), nowNanos);
        fetching = request.isEmpty();
        if (fetching) {
            request = nextFetch(nowNanos);
        }
        underWay = request.isPresent();
        return request;
    }

    private List<FollowedPartition> looked() {
        return changed.stream().map(followed::get).filter(Objects::nonNull).toList();
    }

    private Optional<FetcherRequest> nextFetch(long nowNanos) {
        var changes = new LinkedHashMap<TopicIdPartition, Optional<FetchPosition>>();
        boolean someWanted = false;
        for (TopicIdPartition id : inOrder()) {
            Optional<FetchPosition> wanted = wish(id, nowNanos);
            someWanted |= wanted.isPresent();
            changes.put(id, wanted);
        }
        changed.clear();
        boolean othersWanted =
                !session.beginsAnew()
                        && session.asked().keySet().stream()
                                .anyMatch(id -> !changes.containsKey(id));
        if (!someWanted && !othersWanted) {
            changes.keySet().stream()
                    .filter(id -> followed.containsKey(id) || session.asked().containsKey(id))
                    .forEach(changed::add);
            return Optional.empty();
        }
        var request =
                new FetchRequestData()
                        .setReplicaState(
                                new FetchRequestData.ReplicaState()
                                        .setReplicaId(identity.brokerId())
                                        .setReplicaEpoch(identity.brokerEpoch()))
                        .setMaxWaitMs((int) settings.waitMax().toMillis())
                        .setMinBytes(settings.bytesMin())
                        .setMaxBytes(settings.responseBytesMax());
        session.complete(request, changes, settings.partitionBytesMax());
        return Optional.of(new FetcherRequest.Fetch(request));
    }

    /** All of them where the session begins, in the order in which they are served. */
    private List<TopicIdPartition> inOrder() {
        return session.beginsAnew() ? order() : List.copyOf(changed);
    }

    /** From where a partition is to be fetched; empty when it is not. */
    private Optional<FetchPosition> wish(TopicIdPartition id, long nowNanos) {
        FollowedPartition one = followed.get(id);
        if (one == null) {
            return Optional.empty();
        }
        Optional<FetchPosition> position =
                one.pausing(nowNanos) || one.question() != Question.RECORDS
                        ? Optional.empty()
                        : one.partition()
                                .fetchPosition()
                                .filter(now -> mayCopy(id, one, now, nowNanos));
        notePause(one, nowNanos);
        return position;
    }

    /** One that has caught up is never held back: in sync, it would hold back the producers. */
    private boolean mayCopy(
            TopicIdPartition id, FollowedPartition one, FetchPosition position, long nowNanos) {
        boolean held =
                !one.caughtUp(position.fetchOffset())
                        && borrowing.holds(id.topicPartition(), nowNanos);
        if (held) {
            one.holdUntil(borrowing.asksAgainNanos(nowNanos));
        }
        return !held;
    }

    private void fetched(FetchResponseData response, long nowNanos) {
        Errors error = Errors.forCode(response.errorCode());
        if (!session.answered(error, response.sessionId())) {
            boolean ofSession =
                    error == Errors.FETCH_SESSION_ID_NOT_FOUND
                            || error == Errors.INVALID_FETCH_SESSION_EPOCH
                            || error == Errors.FETCH_SESSION_TOPIC_ID_ERROR;
            // A session that is gone costs one request; a leader that refuses again has to wait.
            if (ofSession && failureCount == 0) {
                underWay = false;
                failureCount = 1;
                pausedUntilNanos = nowNanos;
            } else {
                failed(nowNanos);
            }
            return;
        }
        succeeded();
        for (var topic : response.responses()) {
            for (PartitionData partition : topic.partitions()) {
                session.asked(topic.topicId(), partition.partitionIndex())
                        .ifPresent(id -> answered(id, partition, nowNanos));
            }
        }
    }

    private void answered(TopicIdPartition id, PartitionData answer, long nowNanos) {
        FollowedPartition one = followed.get(id);
        FetchPosition asked = session.asked().get(id);
        if (one == null || asked == null) {
            return; // not followed any more
        }
        changed.add(id);
        switch (Errors.forCode(answer.errorCode())) {
            case NONE -> take(one, asked, answer, nowNanos);
            case OFFSET_OUT_OF_RANGE -> {
                if (one.partition().fetchPosition().filter(asked::equals).isPresent()) {
                    one.askForStart();
                }
            }
            default -> {
                // Whoever follows another epoch by now has not deserved this error.
                if (one.partition()
                        .fetchPosition()
                        .filter(now -> now.leaderEpoch() == asked.leaderEpoch())
                        .isPresent()) {
                    one.pause(settings, nowNanos);
                }
            }
        }
        notePause(one, nowNanos);
    }

    private void take(
            FollowedPartition one, FetchPosition asked, PartitionData answer, long nowNanos) {
        boolean diverging = answer.divergingEpoch().endOffset() >= 0;
        LeaderAnswer taken =
                diverging
                        ? new LeaderAnswer.Diverging(
                                answer.divergingEpoch().epoch(),
                                answer.divergingEpoch().endOffset())
                        : new LeaderAnswer.Records(
                                RecordBytes.of(answer),
                                answer.highWatermark(),
                                answer.logStartOffset());
        if (taken instanceof LeaderAnswer.Records records) {
            borrowing.copied(
                    one.partition().id().topicPartition(), records.batches().remaining(), nowNanos);
            one.seen(records.highWatermark());
        }
        FollowerOutcome outcome = one.partition().follow(asked, taken);
        questions.settle(one, outcome, nowNanos);
        if (outcome instanceof FollowerOutcome.Advanced(long _, boolean appended) && appended) {
            FollowedPartition moved = followed.remove(one.partition().id());
            if (moved != null) {
                followed.put(one.partition().id(), moved);
            }
        }
    }

    /** The partitions it copies, in the order in which they are served next. */
    List<TopicIdPartition> order() {
        return new ArrayList<>(followed.keySet());
    }
}
