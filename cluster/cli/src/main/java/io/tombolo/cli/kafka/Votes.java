package io.tombolo.cli.kafka;

import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;

/** The votes about the metadata of a region. */
public final class Votes {

    private Votes() {}

    /**
     * Takes the vote of a broker; nothing when it has none, or the only one.
     *
     * @param region its name in the file
     * @throws CommandFailure when the region does not answer, or refuses: without this vote no
     *     majority might be left
     */
    public static void take(Shell shell, String region, int brokerId) {
        LoadedFile file = LoadedFile.of(shell);
        var in = new KafkaRegion(shell, file, file.hosted(region));
        try (Admin admin = in.admin()) {
            QuorumInfo quorum =
                    in.await(admin.describeMetadataQuorum().quorumInfo(), in.all("voters"));
            var vote = new Subject("vote of broker", Integer.toString(brokerId), region);
            quorum.voters().stream()
                    .filter(voter -> voter.replicaId() == brokerId && quorum.voters().size() > 1)
                    .forEach(voter ->
                            in.await(
                                    admin.removeRaftVoter(brokerId, voter.replicaDirectoryId())
                                            .all(),
                                    vote));
        }
    }
}
