package io.tombolo.contract;

import static io.tombolo.contract.GroupCalls.assignment;
import static io.tombolo.contract.GroupCalls.coordinatorOf;
import static io.tombolo.contract.GroupCalls.heartbeat;
import static io.tombolo.contract.GroupCalls.join;
import static io.tombolo.contract.GroupCalls.joinFirst;
import static io.tombolo.contract.GroupCalls.stableAlone;
import static io.tombolo.contract.GroupCalls.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;

/** Contracts 33 and 85 to 90: the classic group protocol. */
class GroupContractEndToEnd {

    private static final int NEWEST_JOIN = 9;

    /** Short, so that the test is; long enough for two joins on a busy machine. */
    private static final int IMPATIENT_MS = 4_000;

    @ContractTest
    @DisplayName("33: an unknown group is described as dead, and only an empty one is deleted")
    void contract033DescribeAndDeleteGroups(Subject subject) {
        String live = Subject.freshName("live");
        String unknown = Subject.freshName("unknown");
        try (var client = subject.connect()) {
            coordinatorOf(client, unknown);
            DescribedGroup before6 = describe(client, unknown, 5);
            assertThat(Errors.forCode(before6.errorCode())).isEqualTo(Errors.NONE);
            assertThat(before6.groupState()).isEqualTo("Dead");
            DescribedGroup from6 = describe(client, unknown, 6);
            assertThat(Errors.forCode(from6.errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
            assertThat(from6.groupState()).isEqualTo("Dead");
            assertThat(delete(client, unknown)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);

            JoinGroupResponseData member = stableAlone(client, live);
            assertThat(describe(client, live, 6).groupState()).isEqualTo("Stable");
            assertThat(delete(client, live)).isEqualTo(Errors.NON_EMPTY_GROUP);
            // Nobody has to keep a group that has neither members nor positions.
            var position = GroupCalls.commit(live, subject.newTopic(), GroupCalls.committed(0, 1));
            position.setMemberId(member.memberId())
                    .setGenerationIdOrMemberEpoch(member.generationId());
            assertThat(GroupCalls.commitError(client, position, 8)).isEqualTo(Errors.NONE);
            leave(client, live, member.memberId());
            assertThat(describe(client, live, 6).groupState()).isEqualTo("Empty");
            assertThat(delete(client, live)).isEqualTo(Errors.NONE);
            assertThat(describe(client, live, 6).groupState()).isEqualTo("Dead");
        }
    }

    @ContractTest
    @DisplayName("85: FindCoordinator answers one entry per key, also for the empty group")
    void contract085FindCoordinator(Subject subject) {
        String first = Subject.freshName("found");
        String second = Subject.freshName("found");
        try (var client = subject.connect()) {
            coordinatorOf(client, first);

            FindCoordinatorResponseData both = GroupCalls.findCoordinator(client, first, second);
            assertThat(both.coordinators())
                    .extracting(it -> it.key() + ":" + Errors.forCode(it.errorCode()))
                    .containsExactlyInAnyOrder(first + ":NONE", second + ":NONE");
            FindCoordinatorResponseData ofNoName = GroupCalls.findCoordinator(client, "");
            assertThat(ofNoName.coordinators().getFirst().errorCode()).isZero();

            var single = new FindCoordinatorRequestData().setKeyType((byte) 0).setKey(first);
            FindCoordinatorResponseData old = client.call(single, 3);
            assertThat(Errors.forCode(old.errorCode())).isEqualTo(Errors.NONE);
            assertThat(old.port()).isEqualTo(subject.port());

            var badType =
                    new FindCoordinatorRequestData()
                            .setKeyType((byte) 7)
                            .setCoordinatorKeys(List.of(first));
            FindCoordinatorResponseData refused = client.call(badType, 4);
            assertThat(Errors.forCode(refused.coordinators().getFirst().errorCode()))
                    .isEqualTo(Errors.INVALID_REQUEST);
        }
    }

    @ContractTest
    @DisplayName("86: a newcomer is given an id first; odd joins are refused each in its way")
    void contract086JoinGroup(Subject subject) {
        String group = Subject.freshName("joining");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            JoinGroupResponseData hello = client.call(join(group, "", "range"), NEWEST_JOIN);
            assertThat(Errors.forCode(hello.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
            assertThat(hello.memberId()).matches(RawClient.CLIENT_ID + "-[0-9a-zA-Z-_]{22,36}");

            assertJoin(client, join(group, "nobody", "range"), Errors.UNKNOWN_MEMBER_ID);
            assertJoin(client, join("", "", "range"), Errors.INVALID_GROUP_ID);
            assertJoin(client, join(group, ""), Errors.INCONSISTENT_GROUP_PROTOCOL);
            for (int sessionMs : new int[] {5_999, 1_800_001}) {
                assertJoin(
                        client,
                        join(group, "", "range").setSessionTimeoutMs(sessionMs),
                        Errors.INVALID_SESSION_TIMEOUT);
            }

            var request = join(group, "", "range");
            JoinGroupResponseData joined = joinFirst(client, request);
            assertThat(Errors.forCode(joined.errorCode())).isEqualTo(Errors.NONE);
            assertThat(joined.generationId()).isEqualTo(1);
            assertThat(joined.protocolName()).isEqualTo("range");
            assertThat(joined.protocolType()).isEqualTo("consumer");
            assertThat(joined.leader()).isEqualTo(joined.memberId());
            assertThat(joined.members())
                    .singleElement()
                    .satisfies(member -> {
                        assertThat(member.memberId()).isEqualTo(request.memberId());
                        assertThat(new String(member.metadata())).isEqualTo("of range");
                    });
            JoinGroupRequestData otherType =
                    join(group, joined.memberId(), "range").setProtocolType("connect");
            assertJoin(client, otherType, Errors.INCONSISTENT_GROUP_PROTOCOL);
        }
    }

    @ContractTest
    @DisplayName("87: in an unknown group every member is unknown")
    void contract087UnknownGroup(Subject subject) {
        String group = Subject.freshName("unknown");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            assertThat(heartbeat(client, group, "nobody", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            var syncing =
                    new SyncGroupRequestData()
                            .setGroupId(group)
                            .setMemberId("nobody")
                            .setGenerationId(1)
                            .setProtocolType("consumer")
                            .setProtocolName("range");
            SyncGroupResponseData synced = client.call(syncing, 5);
            assertThat(Errors.forCode(synced.errorCode())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);

            LeaveGroupResponseData left = leave(client, group, "nobody");
            assertThat(Errors.forCode(left.errorCode())).isEqualTo(Errors.NONE);
            assertThat(left.members())
                    .singleElement()
                    .satisfies(member ->
                            assertThat(Errors.forCode(member.errorCode()))
                                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID));
        }
    }

    @ContractTest
    @DisplayName("SyncGroup 5 without a protocol is inconsistent, even before the group id is seen")
    void syncWithoutAProtocolIsInconsistent(Subject subject) {
        var syncing = new SyncGroupRequestData().setGroupId("").setMemberId("nobody");
        try (var client = subject.connect()) {
            SyncGroupResponseData without = client.call(syncing, 5);
            SyncGroupResponseData older = client.call(syncing, 4);

            assertThat(Errors.forCode(without.errorCode()))
                    .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
            assertThat(Errors.forCode(older.errorCode())).isEqualTo(Errors.INVALID_GROUP_ID);
        }
    }

    @ContractTest
    @DisplayName("88: a static member comes back without a rebalance; its old id is fenced")
    void contract088StaticMember(Subject subject) {
        String group = Subject.freshName("static");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            JoinGroupResponseData first =
                    client.call(join(group, "", "range").setGroupInstanceId("a"), NEWEST_JOIN);
            assertThat(Errors.forCode(first.errorCode())).isEqualTo(Errors.NONE);
            var leading = sync(group, first, assignment(first.memberId(), "all"));
            SyncGroupResponseData led = client.call(leading.setGroupInstanceId("a"), 5);
            assertThat(Errors.forCode(led.errorCode())).isEqualTo(Errors.NONE);

            JoinGroupResponseData again =
                    client.call(join(group, "", "range").setGroupInstanceId("a"), NEWEST_JOIN);
            assertThat(Errors.forCode(again.errorCode())).isEqualTo(Errors.NONE);
            assertThat(again.memberId()).isNotEqualTo(first.memberId());
            assertThat(again.generationId()).isEqualTo(first.generationId());
            assertThat(again.skipAssignment()).isTrue();
            assertThat(again.leader()).isEqualTo(again.memberId());
            assertThat(again.members()).hasSize(1);
            var following = sync(group, again).setGroupInstanceId("a");
            SyncGroupResponseData kept = client.call(following, 5);
            assertThat(new String(kept.assignment())).isEqualTo("all");

            JoinGroupRequestData fenced =
                    join(group, first.memberId(), "range").setGroupInstanceId("a");
            assertJoin(client, fenced, Errors.FENCED_INSTANCE_ID);
        }
    }

    @ContractTest
    @DisplayName("89: members vote among the protocols that all of them support")
    void contract089ProtocolVote(Subject subject) {
        String group = Subject.freshName("voting");
        try (var one = subject.connect();
                var two = subject.connect();
                var three = subject.connect()) {
            JoinGroupResponseData alone =
                    joinFirst(one, join(group, "", "range", "roundrobin", "only-mine"));
            String a = alone.memberId();
            one.call(sync(group, alone, assignment(a, "all")), 5);
            String b = helloId(two, group);
            two.send(join(group, b, "roundrobin", "range"), NEWEST_JOIN);
            String c = helloId(three, group);
            three.send(join(group, c, "roundrobin", "range", "theirs"), NEWEST_JOIN);
            awaitMembers(subject, group, 3);
            assertJoin(subject, join(group, "", "sticky"), Errors.INCONSISTENT_GROUP_PROTOCOL);

            JoinGroupResponseData mine =
                    one.call(join(group, a, "range", "roundrobin", "only-mine"), NEWEST_JOIN);
            JoinGroupResponseData yours = two.receive();
            JoinGroupResponseData theirs = three.receive();

            for (var joined : List.of(mine, yours, theirs)) {
                assertThat(Errors.forCode(joined.errorCode())).isEqualTo(Errors.NONE);
                assertThat(joined.protocolName()).isEqualTo("roundrobin");
                assertThat(joined.generationId()).isEqualTo(2);
            }
            assertThat(mine.members()).hasSize(3);
        }
    }

    @ContractTest
    @DisplayName("90: who joins and never syncs is removed at the rebalance timeout")
    void contract090NeverSynced(Subject subject) {
        String group = Subject.freshName("silent");
        try (var one = subject.connect();
                var two = subject.connect()) {
            var impatient = join(group, "", "range").setRebalanceTimeoutMs(IMPATIENT_MS);
            JoinGroupResponseData alone = joinFirst(one, impatient);
            String a = alone.memberId();
            one.call(sync(group, alone, assignment(a, "all")), 5);
            String b = helloId(two, group);
            two.send(join(group, b, "range").setRebalanceTimeoutMs(IMPATIENT_MS), NEWEST_JOIN);
            Eventually.eventually(
                    "the rebalance has begun",
                    () -> heartbeat(one, group, a, alone.generationId()),
                    Errors.REBALANCE_IN_PROGRESS::equals);
            JoinGroupResponseData together = one.call(impatient, NEWEST_JOIN);
            JoinGroupResponseData other = two.receive();
            assertThat(together.generationId()).isEqualTo(2);
            assertThat(other.memberId()).isEqualTo(b);

            one.call(sync(group, together, assignment(a, "half"), assignment(b, "half")), 5);

            Eventually.eventually(
                    "a rebalance without the silent one",
                    () -> heartbeat(one, group, a, 2),
                    Errors.REBALANCE_IN_PROGRESS::equals);
            assertThat(heartbeat(two, group, b, 2)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            JoinGroupResponseData without = one.call(impatient, NEWEST_JOIN);
            assertThat(without.generationId()).isEqualTo(3);
            assertThat(without.members()).hasSize(1);
        }
    }

    @ContractTest
    @DisplayName("10: what was sent behind a waiting JoinGroup is answered behind it")
    void nothingOvertakesAWaitingJoin(Subject subject) {
        String group = Subject.freshName("ordered");
        try (var one = subject.connect();
                var two = subject.connect()) {
            JoinGroupResponseData alone = stableAlone(one, group);
            String b = helloId(two, group);
            two.send(join(group, b, "range"), NEWEST_JOIN);
            two.send(new MetadataRequestData().setTopics(List.of()), 12);
            awaitMembers(subject, group, 2);

            one.call(join(group, alone.memberId(), "range"), NEWEST_JOIN);

            JoinGroupResponseData joined = two.receive();
            MetadataResponseData metadata = two.receive();
            assertThat(joined.generationId()).isEqualTo(2);
            assertThat(metadata.brokers()).hasSize(1);
        }
    }

    @ContractTest
    @DisplayName("a generation of two is led by one and followed by the other")
    void assignmentsReachTheirMembers(Subject subject) {
        String group = Subject.freshName("pair");
        try (var one = subject.connect();
                var two = subject.connect()) {
            JoinGroupResponseData alone = stableAlone(one, group);
            String b = helloId(two, group);
            two.send(join(group, b, "range"), NEWEST_JOIN);
            awaitMembers(subject, group, 2);
            JoinGroupResponseData leader =
                    one.call(join(group, alone.memberId(), "range"), NEWEST_JOIN);
            JoinGroupResponseData follower = two.receive();
            assertThat(follower.members()).isEmpty();
            assertThat(follower.leader()).isEqualTo(leader.memberId());

            two.send(sync(group, follower), 5);
            SyncGroupResponseData first =
                    one.call(
                            sync(
                                    group,
                                    leader,
                                    assignment(leader.memberId(), "for one"),
                                    assignment(b, "for two")),
                            5);
            SyncGroupResponseData second = two.receive();
            assertThat(new String(first.assignment())).isEqualTo("for one");
            assertThat(new String(second.assignment())).isEqualTo("for two");
            assertThat(heartbeat(one, group, leader.memberId(), 2)).isEqualTo(Errors.NONE);
            assertThat(heartbeat(one, group, leader.memberId(), 1))
                    .isEqualTo(Errors.ILLEGAL_GENERATION);

            leave(two, group, b);
            assertThat(heartbeat(one, group, leader.memberId(), 2))
                    .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        }
    }

    @ContractTest
    @DisplayName("ListGroups filters by state and type")
    void groupsAreListed(Subject subject) {
        String stable = Subject.freshName("listed");
        try (var client = subject.connect()) {
            stableAlone(client, stable);

            assertThat(listed(client, new ListGroupsRequestData())).contains(stable);
            assertThat(listed(client, ofState("stable"))).contains(stable);
            assertThat(listed(client, ofState("Empty"))).doesNotContain(stable);
            assertThat(listed(client, ofType("classic"))).contains(stable);
            assertThat(listed(client, ofType("consumer"))).doesNotContain(stable);
            ListGroupsResponseData all = client.call(new ListGroupsRequestData(), 5);
            assertThat(all.groups())
                    .filteredOn(group -> group.groupId().equals(stable))
                    .singleElement()
                    .satisfies(group -> {
                        assertThat(group.protocolType()).isEqualTo("consumer");
                        assertThat(group.groupState()).isEqualTo("Stable");
                        assertThat(group.groupType()).isEqualTo("classic");
                    });
        }
    }

    static DescribedGroup describe(RawClient client, String group, int version) {
        DescribeGroupsResponseData answer =
                client.call(new DescribeGroupsRequestData().setGroups(List.of(group)), version);
        return answer.groups().getFirst();
    }

    static Errors delete(RawClient client, String group) {
        DeleteGroupsResponseData answer =
                client.call(new DeleteGroupsRequestData().setGroupsNames(List.of(group)), 2);
        return Errors.forCode(answer.results().iterator().next().errorCode());
    }

    /** A member id, given but not yet used. */
    static String helloId(RawClient client, String group) {
        coordinatorOf(client, group);
        JoinGroupResponseData hello = client.call(join(group, "", "range"), NEWEST_JOIN);
        return hello.memberId();
    }

    static void awaitMembers(Subject subject, String group, int count) {
        try (var client = subject.connect()) {
            Eventually.eventually(
                    count + " members",
                    () -> describe(client, group, 6).members().size(),
                    size -> size == count);
        }
    }

    private static void assertJoin(Subject subject, JoinGroupRequestData join, Errors expected) {
        try (var client = subject.connect()) {
            assertJoin(client, join, expected);
        }
    }

    private static void assertJoin(RawClient client, JoinGroupRequestData join, Errors expected) {
        JoinGroupResponseData answer = client.call(join, NEWEST_JOIN);
        assertThat(Errors.forCode(answer.errorCode())).as(join.toString()).isEqualTo(expected);
    }

    private static LeaveGroupResponseData leave(RawClient client, String group, String member) {
        return client.call(
                new LeaveGroupRequestData()
                        .setGroupId(group)
                        .setMembers(List.of(new MemberIdentity().setMemberId(member))),
                5);
    }

    private static List<String> listed(RawClient client, ListGroupsRequestData request) {
        ListGroupsResponseData answer = client.call(request, 5);
        return answer.groups().stream().map(group -> group.groupId()).toList();
    }

    private static ListGroupsRequestData ofState(String state) {
        return new ListGroupsRequestData().setStatesFilter(List.of(state));
    }

    private static ListGroupsRequestData ofType(String type) {
        return new ListGroupsRequestData().setTypesFilter(List.of(type));
    }
}
