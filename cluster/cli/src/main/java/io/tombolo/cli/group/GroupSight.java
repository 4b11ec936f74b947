package io.tombolo.cli.group;

import io.tombolo.cli.kafka.KafkaFailures;
import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.Reachable;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A group as one region knows it, with what it has committed. */
record GroupSight(
        KafkaRegion in,
        String group,
        String state,
        List<MemberDescription> members,
        List<Position> positions) {

    private static final String UNKNOWN = "Dead";

    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    /** Where a group stands in a partition; the end is what a consumer may read up to. */
    record Position(TopicPartition partition, long offset, long endOffset) {

        long lag() {
            return Math.max(0, endOffset - offset);
        }
    }

    String region() {
        return in.name();
    }

    boolean known() {
        return !state.equals(UNKNOWN) || !positions.isEmpty();
    }

    /** The group in every region that answers and knows it; ends the command when none does. */
    static List<GroupSight> everywhere(Shell shell, @Nullable String region, String group) {
        List<GroupSight> sights =
                Reachable.of(shell, RegionChoice.oneOrAll(shell, region), in -> of(in, group))
                        .stream()
                        .filter(GroupSight::known)
                        .toList();
        if (sights.isEmpty()) {
            throw CommandFailure.of(Code.NO_SUCH_GROUP, "there is no group " + group)
                    .at(region == null ? "any region that answers" : "region " + region)
                    .fix("tombolo group list")
                    .failure();
        }
        return sights;
    }

    /**
     * The group in the one region that is to be changed, which the user names when several know it.
     */
    static GroupSight only(Shell shell, @Nullable String region, String group) {
        List<GroupSight> sights = everywhere(shell, region, group);
        if (sights.size() > 1) {
            throw CommandFailure.of(
                            Code.BAD_INPUT, "group " + group + " is known in several regions")
                    .at("--region")
                    .seen(String.join(", ", sights.stream().map(GroupSight::region).toList()))
                    .fix("name one of them: --region " + sights.getFirst().region())
                    .failure();
        }
        return sights.getFirst();
    }

    static GroupSight of(KafkaRegion in, String group) {
        try (Admin admin = in.admin()) {
            List<Position> positions = positions(in, admin, group);
            try {
                var classic =
                        KafkaRegion.entry(
                                        admin.describeClassicGroups(List.of(group))
                                                .describedGroups(),
                                        group)
                                .get(in.timeoutMs(), TimeUnit.MILLISECONDS);
                String state = classic.state().toString();
                return new GroupSight(in, group, state, List.copyOf(classic.members()), positions);
            } catch (ExecutionException refused) {
                if (refused.getCause() instanceof GroupIdNotFoundException) {
                    return consumers(in, admin, group, positions);
                }
                throw refused;
            }
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof GroupIdNotFoundException) {
                return new GroupSight(in, group, UNKNOWN, List.of(), List.of());
            }
            throw KafkaFailures.of(refused.getCause(), in.group(group));
        } catch (java.util.concurrent.TimeoutException late) {
            throw KafkaFailures.of(new TimeoutException("no answer", late), in.group(group));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private static GroupSight consumers(
            KafkaRegion in, Admin admin, String group, List<Position> positions)
            throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        var described =
                KafkaRegion.entry(
                                admin.describeConsumerGroups(List.of(group)).describedGroups(),
                                group)
                        .get(in.timeoutMs(), TimeUnit.MILLISECONDS);
        return new GroupSight(
                in,
                group,
                described.groupState().toString(),
                List.copyOf(described.members()),
                positions);
    }

    private static List<Position> positions(KafkaRegion in, Admin admin, String group) {
        var committed =
                in.await(
                        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
                        in.group(group));
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        committed.keySet().forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        var ends = in.await(admin.listOffsets(wanted).all(), in.group(group));
        var positions = new ArrayList<Position>();
        committed.forEach((partition, offset) -> {
            if (offset != null) {
                long end = KafkaRegion.entry(ends, partition).offset();
                positions.add(new Position(partition, offset.offset(), end));
            }
        });
        positions.sort(Comparator.comparing(Position::partition, ORDER));
        return positions;
    }

    /** Ends the command when somebody would go on committing over what is changed. */
    void requireEmpty() {
        if (!members.isEmpty()) {
            throw CommandFailure.of(
                            Code.GROUP_IN_USE,
                            "group %s has %d members in %s"
                                    .formatted(group, members.size(), region()))
                    .at("group " + group)
                    .seen("its state is " + state)
                    .fix(
                            "stop its consumers, then try again",
                            "tombolo group describe " + group + "        shows who they are")
                    .failure();
        }
    }
}
