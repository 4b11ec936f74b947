package io.tombolo.coordinator.group;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;

/** Responses about membership. */
final class Responses {

    private Responses() {}

    /**
     * A member's place in the current generation.
     *
     * @param withMembers whether it is told of the others, in order to assign
     */
    static JoinGroupResponseData joined(ClassicGroup group, String memberId, boolean withMembers) {
        var generation = group.generation();
        String leaderId = generation.leaderId();
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setGenerationId(generation.number())
                .setProtocolType(generation.protocolType())
                .setProtocolName(generation.protocol())
                .setLeader(leaderId == null ? "" : leaderId)
                .setMembers(withMembers ? members(group) : List.of());
    }

    private static List<JoinGroupResponseMember> members(ClassicGroup group) {
        var members = new ArrayList<JoinGroupResponseMember>(group.roster().size());
        for (Member member : group.roster().all()) {
            members.add(
                    new JoinGroupResponseMember()
                            .setMemberId(member.id())
                            .setGroupInstanceId(member.instanceId())
                            .setMetadata(member.metadata(group.generation().protocol())));
        }
        return members;
    }

    static JoinGroupResponseData joinRefused(String memberId, Errors error) {
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setProtocolName(null)
                .setErrorCode(error.code());
    }

    static SyncGroupResponseData synced(ClassicGroup group, Member member) {
        return new SyncGroupResponseData()
                .setProtocolType(group.generation().protocolType())
                .setProtocolName(group.generation().protocol())
                .setAssignment(member.assignment());
    }

    static SyncGroupResponseData syncRefused(Errors error) {
        return new SyncGroupResponseData().setErrorCode(error.code());
    }
}
