package io.tombolo.coordinator.group;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The members of a group, with what is asked of them all the time; an immutable value. */
final class Roster {

    static final Roster EMPTY =
            new Roster(TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), 0, 0);

    private final TreePMap<String, Member> byId;
    private final TreePMap<String, String> idByInstance;
    private final TreePMap<String, Integer> supporterCounts;
    private final int joinCount;
    private final long recordBytes;

    private Roster(
            TreePMap<String, Member> byId,
            TreePMap<String, String> idByInstance,
            TreePMap<String, Integer> supporterCounts,
            int joinCount,
            long recordBytes) {
        this.byId = byId;
        this.idByInstance = idByInstance;
        this.supporterCounts = supporterCounts;
        this.joinCount = joinCount;
        this.recordBytes = recordBytes;
    }

    @Nullable Member get(String memberId) {
        return byId.get(memberId);
    }

    boolean has(String memberId) {
        return byId.containsKey(memberId);
    }

    /** The id of the static member with this instance id. */
    @Nullable String idOf(String instanceId) {
        return idByInstance.get(instanceId);
    }

    /** Members in the order of their ids. */
    Collection<Member> all() {
        return byId.values();
    }

    Set<String> ids() {
        return byId.keySet();
    }

    int size() {
        return byId.size();
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** How many members have a JoinGroup waiting. */
    int joinCount() {
        return joinCount;
    }

    /** What the members come to in the record of their group, bytes. */
    long recordBytes() {
        return recordBytes;
    }

    boolean allJoin() {
        return joinCount == byId.size();
    }

    /** With this member, instead of the one of the same id. */
    Roster with(Member member) {
        Roster rest = without(member.id());
        var counts = rest.supporterCounts;
        for (Member.Protocol protocol : member.protocols()) {
            counts = counts.plus(protocol.name(), counts.getOrDefault(protocol.name(), 0) + 1);
        }
        return new Roster(
                rest.byId.plus(member.id(), member),
                member.instanceId() == null
                        ? rest.idByInstance
                        : rest.idByInstance.plus(member.instanceId(), member.id()),
                counts,
                rest.joinCount + (member.awaitsJoin() ? 1 : 0),
                rest.recordBytes + member.recordBytes());
    }

    Roster without(String memberId) {
        Member member = byId.get(memberId);
        if (member == null) {
            return this;
        }
        var counts = supporterCounts;
        for (Member.Protocol protocol : member.protocols()) {
            int left = counts.getOrDefault(protocol.name(), 0) - 1;
            counts = left > 0 ? counts.plus(protocol.name(), left) : counts.minus(protocol.name());
        }
        boolean holdsInstance =
                member.instanceId() != null
                        && memberId.equals(idByInstance.get(member.instanceId()));
        return new Roster(
                byId.minus(memberId),
                holdsInstance ? idByInstance.minus(member.instanceId()) : idByInstance,
                counts,
                joinCount - (member.awaitsJoin() ? 1 : 0),
                recordBytes - member.recordBytes());
    }

    /** Whether every member supports at least one of these. */
    boolean allSupportOneOf(List<Member.Protocol> protocols) {
        for (Member.Protocol protocol : protocols) {
            if (supporterCounts.getOrDefault(protocol.name(), 0) == size()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The protocol that most members want among those that all support; the first by name when
     * votes are even. Null when there is none.
     */
    @Nullable String elected() {
        var candidates = new TreeSet<String>();
        supporterCounts.forEach((name, count) -> {
            if (count == size()) {
                candidates.add(name);
            }
        });
        Map<String, Integer> votes = new TreeMap<>();
        for (Member member : all()) {
            String vote = member.vote(candidates);
            if (vote != null) {
                votes.merge(vote, 1, Integer::sum);
            }
        }
        String winner = null;
        for (var entry : votes.entrySet()) {
            if (winner == null || entry.getValue() > votes.getOrDefault(winner, 0)) {
                winner = entry.getKey();
            }
        }
        return winner;
    }

    /** The longest time any member may take to join again, milliseconds. */
    int rebalanceTimeoutMs() {
        int longest = 0;
        for (Member member : all()) {
            longest = Math.max(longest, member.timeouts().rebalanceMs());
        }
        return longest;
    }

    /** Dynamic members that have not joined again. */
    List<Member> dynamicAbsentees() {
        var absent = new ArrayList<Member>();
        for (Member member : all()) {
            if (!member.awaitsJoin() && !member.isStatic()) {
                absent.add(member);
            }
        }
        return absent;
    }

    @Nullable Member firstJoining() {
        for (Member member : all()) {
            if (member.awaitsJoin()) {
                return member;
            }
        }
        return null;
    }
}
