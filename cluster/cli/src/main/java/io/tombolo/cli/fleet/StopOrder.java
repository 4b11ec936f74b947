package io.tombolo.cli.fleet;

import io.tombolo.cli.admin.AdminUnreachable;
import io.tombolo.cli.admin.RegionAdmin;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * In which order the nodes of a region stop: brokers without a vote first, then the voters, and the
 * controller last, so that there is somebody to hand over to as long as possible.
 */
final class StopOrder {

    private StopOrder() {}

    /** Those of one region in that order; as given when none of them answers. */
    static List<Member> of(Shell shell, LoadedFile file, List<Member> members) {
        Tree quorum = quorum(RegionAdmin.of(shell, file, members.getFirst().region()));
        return ordered(members, quorum);
    }

    /**
     * @param quorum as the status shows it
     */
    static List<Member> ordered(List<Member> members, Tree quorum) {
        long controller = quorum.at("leader").number(-1);
        Set<Long> voters =
                quorum.at("voters").items().stream()
                        .map(voter -> voter.number(-1))
                        .collect(Collectors.toSet());
        return members.stream()
                .sorted(
                        Comparator.comparingInt((Member member) -> {
                            long id = member.node().nodeId();
                            if (id == controller) {
                                return 2;
                            }
                            return voters.contains(id) ? 1 : 0;
                        }))
                .toList();
    }

    private static Tree quorum(RegionAdmin region) {
        try {
            return region.api().get("/api/v1/status").body().at("quorum");
        } catch (AdminUnreachable nobody) {
            return Tree.NOTHING;
        }
    }
}
