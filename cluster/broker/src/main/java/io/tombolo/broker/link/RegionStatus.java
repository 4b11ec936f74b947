package io.tombolo.broker.link;

import io.tombolo.broker.failback.ReturnStatus;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LagHistory;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.GroupStatus;
import io.tombolo.region.link.LinkStatus.PartitionStatus;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;
import io.tombolo.region.link.LinkStatus.Trouble;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.Reason;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a link does in its region: the statuses of all brokers put together, each of which knows the
 * partitions that it leads. Of a partition that nobody told of nothing is claimed: then lag and
 * loss are not known. Pure.
 */
public record RegionStatus(List<LinkStatus> parts, MetadataImage image) {

    public RegionStatus {
        parts = List.copyOf(parts);
    }

    /** The link as a whole; empty when it runs nowhere. */
    public Optional<LinkStatus> of(LinkName link) {
        List<LinkStatus> all = parts.stream().filter(one -> one.name().equals(link)).toList();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        // Who leads nothing has nothing to tell, as long as anybody else does.
        List<LinkStatus> copying = all.stream().filter(RegionStatus::copies).toList();
        List<LinkStatus> own = copying.isEmpty() ? all : copying;
        List<TopicStatus> topics = ReturnStatus.of(link, topics(all), image);
        boolean whole = covers(link, topics);
        LossBound bound = (whole ? lossBound(own) : LossBound.UNKNOWN).without(uncounted(all));
        var status =
                new LinkStatus(
                        link,
                        state(own, topics, whole),
                        whole ? lag(own) : new Lag(lag(own).records(), -1, -1, true),
                        whole ? recent(own) : LagHistory.NONE,
                        told(link, bound, topics),
                        trouble(own),
                        topics,
                        groups(all));
        return Optional.of(
                image.takenElsewhere(link).map(owned -> fenced(status, owned)).orElse(status));
    }

    /** Nobody writes to the source any more: what its owner holds by now is not known here. */
    private static LinkStatus fenced(LinkStatus status, OwnershipRecord owned) {
        String detail =
                "region %s has taken the source's topics over, with %s under ownership epoch %d; what it takes since is not copied here"
                        .formatted(owned.ownership().owner(), owned.domain(), owned.epoch());
        var reason = new Reason(Reason.Code.OWNERSHIP_STALE, detail);
        return new LinkStatus(
                status.name(),
                State.FAILED,
                Lag.UNKNOWN,
                status.recent(),
                status.lossBound(),
                Optional.of(new Trouble(reason, 1, Optional.empty())),
                status.topics(),
                status.groups());
    }

    private static boolean copies(LinkStatus status) {
        return status.topics().stream().anyMatch(topic -> !topic.partitions().isEmpty());
    }

    /** Who leads nothing, and reaches the source, may know alone of a topic that is not copied. */
    private static SortedSet<String> uncounted(List<LinkStatus> all) {
        var names = new TreeSet<String>();
        all.forEach(one -> names.addAll(one.lossBound().uncountedTopics()));
        return names;
    }

    /** Numbers that stand for no topic at all would read as if nothing were lost. */
    private LossBound told(LinkName link, LossBound bound, List<TopicStatus> topics) {
        Set<String> none = new HashSet<>(bound.uncountedTopics());
        none.addAll(image.leftOut(link));
        boolean counted =
                topics.stream()
                        .filter(topic -> !topic.partitions().isEmpty())
                        .anyMatch(topic -> !none.contains(topic.topic()));
        return counted || bound.uncountedTopics().isEmpty() ? bound : bound.ofNothingCounted();
    }

    private boolean covers(LinkName link, List<TopicStatus> topics) {
        Set<LinkPartition> told = new HashSet<>();
        topics.forEach(topic -> topic.partitions().forEach(one -> told.add(one.partition())));
        for (var id : image.links().topicsOf(link)) {
            boolean mirrored =
                    image.links()
                            .mirrorTopic(id)
                            .filter(one -> !one.writable() && !image.leavesOut(one))
                            .isPresent();
            var topic = image.topics().topic(id);
            for (int index = 0;
                    mirrored && topic.isPresent() && index < topic.get().partitions().count();
                    index++) {
                if (!told.contains(new LinkPartition(id, topic.get().name(), index))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static State state(List<LinkStatus> own, List<TopicStatus> topics, boolean whole) {
        State worst = whole ? State.STOPPED : State.PREPARING;
        for (LinkStatus one : own) {
            worst = worst.worse(one.state());
        }
        for (TopicStatus topic : topics) {
            worst = worst.worse(topic.state());
        }
        return worst;
    }

    /** Whether no broker reaches the source. */
    public boolean cut(LinkName link) {
        List<LinkStatus> own = parts.stream().filter(one -> one.name().equals(link)).toList();
        return !own.isEmpty()
                && own.stream().allMatch(one -> one.state() == State.SOURCE_UNAVAILABLE);
    }

    /** Since the source last answered any broker's running link; empty when it never did. */
    OptionalLong silentMs(LinkName link) {
        return parts.stream()
                .filter(one -> one.name().equals(link) && one.state() != State.STOPPED)
                .mapToLong(one -> one.lossBound().silentMs())
                .filter(silentMs -> silentMs >= 0)
                .min();
    }

    private static Lag lag(List<LinkStatus> own) {
        Lag sum = own.getFirst().lag();
        for (LinkStatus one : own.subList(1, own.size())) {
            sum = sum.plus(one.lag());
        }
        return sum;
    }

    private static LagHistory recent(List<LinkStatus> own) {
        LagHistory worst = own.getFirst().recent();
        for (LinkStatus one : own.subList(1, own.size())) {
            worst = worst.plus(one.recent());
        }
        return worst;
    }

    private static LossBound lossBound(List<LinkStatus> own) {
        LossBound sum = own.getFirst().lossBound();
        for (LinkStatus one : own.subList(1, own.size())) {
            sum = sum.plus(one.lossBound());
        }
        return sum;
    }

    private static Optional<Trouble> trouble(List<LinkStatus> own) {
        return own.stream().flatMap(one -> one.trouble().stream()).findFirst();
    }

    private static List<TopicStatus> topics(List<LinkStatus> own) {
        var byName = new TreeMap<String, List<TopicStatus>>();
        own.forEach(status ->
                status.topics()
                        .forEach(topic ->
                                byName.computeIfAbsent(topic.topic(), _ -> new ArrayList<>())
                                        .add(topic)));
        return byName.values().stream().map(RegionStatus::topic).toList();
    }

    private static TopicStatus topic(List<TopicStatus> parts) {
        TopicStatus first = parts.getFirst();
        // A leadership that has just moved may be told of by two brokers.
        var partitions = new TreeMap<Integer, PartitionStatus>();
        State worst = State.STOPPED;
        Lag lag = Lag.NONE;
        Optional<Trouble> trouble = Optional.empty();
        for (TopicStatus part : parts) {
            part.partitions().forEach(one -> partitions.put(one.partition().partition(), one));
            worst = worst.worse(part.state());
            lag = lag.plus(part.lag());
            trouble = trouble.or(part::trouble);
        }
        return new TopicStatus(
                first.topic(), worst, lag, trouble, List.copyOf(partitions.values()));
    }

    private static List<GroupStatus> groups(List<LinkStatus> own) {
        return own.stream()
                .flatMap(one -> one.groups().stream())
                .sorted(Comparator.comparing(GroupStatus::group))
                .toList();
    }
}
