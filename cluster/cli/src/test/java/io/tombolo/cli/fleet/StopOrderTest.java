package io.tombolo.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.output.Tree;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

class StopOrderTest {

    private final List<Member> members = Members.of(Path.of("/nowhere"), 4);

    @Test
    void thoseWithoutAVoteStopFirstAndTheControllerLast() {
        Tree quorum = Tree.fields().with("leader", 1).with("voters", List.of(1, 2, 4));

        assertThat(StopOrder.ordered(members, quorum))
                .extracting(Member::name)
                .containsExactly("eu-3", "eu-2", "eu-4", "eu-1");
    }

    @Test
    void controllersOfTheirOwnStopBehindTheBrokers() {
        List<Member> separate = Members.of(Path.of("/nowhere"), "brokers: 2, controllers: 3");
        Tree quorum =
                Tree.fields()
                        .with("leader", 100_002)
                        .with("voters", List.of(100_001, 100_002, 100_003));

        assertThat(StopOrder.ordered(separate, quorum))
                .extracting(Member::name)
                .containsExactly("eu-1", "eu-2", "eu-c1", "eu-c3", "eu-c2");
    }

    @Test
    void withoutAnAnswerTheOrderIsThatOfTheFile() {
        assertThat(StopOrder.ordered(members, Tree.NOTHING)).isEqualTo(members);
    }
}
