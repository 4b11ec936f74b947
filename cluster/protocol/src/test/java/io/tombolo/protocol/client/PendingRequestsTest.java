package io.tombolo.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

class PendingRequestsTest {

    private final PendingRequests<String> pending = new PendingRequests<>(2);

    @Test
    void aResponseFindsTheOldestRequest() {
        int first = pending.add(ApiKeys.FETCH, (short) 12, "one").orElseThrow();
        int second = pending.add(ApiKeys.METADATA, (short) 9, "two").orElseThrow();

        var taken = pending.take(first).orElseThrow();

        assertThat(taken)
                .isEqualTo(new PendingRequests.Pending<>(first, ApiKeys.FETCH, (short) 12, "one"));
        assertThat(pending.take(second)).isPresent();
        assertThat(pending.count()).isZero();
    }

    @Test
    void aResponseOutOfOrderFindsNothing() {
        pending.add(ApiKeys.FETCH, (short) 12, "one");
        int second = pending.add(ApiKeys.FETCH, (short) 12, "two").orElseThrow();

        assertThat(pending.take(second)).isEmpty();
        assertThat(pending.take(1234)).isEmpty();
        assertThat(pending.count()).isEqualTo(2);
    }

    @Test
    void theTableIsBounded() {
        pending.add(ApiKeys.FETCH, (short) 12, "one");
        pending.add(ApiKeys.FETCH, (short) 12, "two");

        assertThat(pending.add(ApiKeys.FETCH, (short) 12, "three")).isEmpty();

        assertThat(pending.hasRoom()).isFalse();
        assertThat(pending.drain())
                .extracting(PendingRequests.Pending::context)
                .containsExactly("one", "two");
        assertThat(pending.hasRoom()).isTrue();
    }

    @Test
    void aFrameTooShortForACorrelationIdHasNone() {
        assertThat(ResponseDecoder.correlationId(ByteBuffer.allocate(3))).isEmpty();
        assertThat(ResponseDecoder.correlationId(ByteBuffer.allocate(4).putInt(9).flip()))
                .hasValue(9);
    }
}
