package io.tombolo.broker.publish;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.US;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.broker.publish.CommitRights.Standing;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;

/** What coordinators in {@code eu} may acknowledge of a topic that a link copies to {@code us}. */
class CommitRightsTest {

    private static final List<RegionIdentity> SELF =
            List.of(new RegionIdentity(new Uuid(1, 1), EU));
    private static final MetadataImage OWN =
            Worlds.image(SELF, Worlds.topic("orders", 1), Worlds.topic("local", 1), Worlds.link());
    private static final MetadataImage LOST =
            Worlds.image(
                    SELF,
                    Worlds.topic("orders", 1),
                    Worlds.topic("local", 1),
                    Worlds.link(),
                    Worlds.owned(US, 2));

    @Test
    void whatTheRegionOwnsIsCommitted() {
        CommitRights rights = rights(OWN, true);

        assertThat(rights.of("orders")).isEqualTo(Standing.OURS);
        assertThat(rights.beyondDoubt()).isTrue();
    }

    @Test
    void whatAnotherRegionOwnsIsNot() {
        CommitRights rights = rights(LOST, true);

        assertThat(rights.of("orders")).isEqualTo(Standing.ELSEWHERE);
        assertThat(rights.of("local")).isEqualTo(Standing.OURS);
        assertThat(rights.beyondDoubt()).isTrue();
    }

    @Test
    void nothingIsCommittedBeforeTheOtherRegionsWereAsked() {
        CommitRights rights = rights(OWN, false);

        assertThat(rights.of("orders")).isEqualTo(Standing.UNDECIDED);
        assertThat(rights.of("local")).isEqualTo(Standing.OURS);
        assertThat(rights.beyondDoubt()).isFalse();
    }

    private static CommitRights rights(MetadataImage image, boolean ownersKnown) {
        var casting = new Casting(1, new Domains(Worlds.linked(), EU), ownersKnown);
        return new CommitRights(() -> casting, Worlds.images(image), new ManualLoop());
    }
}
