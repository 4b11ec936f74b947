package io.tombolo.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.network.LoopSettings;
import io.tombolo.network.NettyLoops;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

class LoopInquiryTest {

    private final List<Throwable> heardByOwner = new CopyOnWriteArrayList<>();
    private final NettyLoops loops =
            new NettyLoops(new LoopSettings("inquiry", 1, 1 << 20, false), heardByOwner::add);
    private Optional<String> subject = Optional.of("core");
    private final LoopInquiry<String> inquiry = new LoopInquiry<>(loops.loop(0), () -> subject);

    @AfterEach
    void close() {
        loops.close();
    }

    @Test
    void theAnswerIsWhatTheLoopSays() throws Exception {
        String answer = inquiry.ask((core, done) -> done.complete(core + loops.loop(0).inLoop()));

        assertThat(answer).isEqualTo("coretrue");
    }

    @Test
    void aQuestionThatThrowsIsAnsweredWithWhatItThrewAndItsOwnerHearsOfIt() {
        var defect = new IllegalArgumentException("defect");

        assertThatThrownBy(() ->
                        inquiry.ask((_, _) -> {
                            throw defect;
                        }))
                .isSameAs(defect);

        loops.close();
        assertThat(heardByOwner).containsExactly(defect);
    }

    @Test
    void nobodyToAskIsSaidAtOnce() {
        subject = Optional.empty();

        assertThatThrownBy(() -> inquiry.ask((core, done) -> done.complete(core)))
                .isInstanceOf(LoopInquiry.NotYet.class)
                .hasMessage("the broker is starting");
    }
}
