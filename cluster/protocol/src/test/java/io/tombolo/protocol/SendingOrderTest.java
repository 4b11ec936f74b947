package io.tombolo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Payload;
import io.tombolo.protocol.client.RequestEncoder;

import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

class SendingOrderTest {

    private static final SendingOrder FIRST = new SendingOrder(1, 40, 7);

    private static WriteTxnMarkersRequestData sent(WriteTxnMarkersRequestData body) {
        var frame = ByteBuffer.allocate(10_000);
        new RequestEncoder("broker-1")
                .encode(ApiKeys.WRITE_TXN_MARKERS, (short) 2, 1, body)
                .forEach(part -> frame.put(((Payload.Memory) part).bytes().duplicate()));
        var served = ServedApis.clientListener().plus(ApiKeys.WRITE_TXN_MARKERS);
        var read = (DecodedFrame.Accepted) new RequestDecoder(served).decode(frame.flip());
        return (WriteTxnMarkersRequestData) read.request().body();
    }

    @Test
    void orderArrivesWithItsRequest() {
        var body = new WriteTxnMarkersRequestData();
        FIRST.putOn(body);

        assertThat(SendingOrder.of(sent(body))).contains(FIRST);
        assertThat(SendingOrder.of(sent(new WriteTxnMarkersRequestData()))).isEmpty();
    }

    @Test
    void whatARestartedBrokerSendsIsLater() {
        assertThat(FIRST.before(new SendingOrder(1, 40, 8))).isTrue();
        assertThat(FIRST.before(new SendingOrder(1, 41, 0))).isTrue();
        assertThat(FIRST.before(FIRST)).isFalse();
        assertThat(new SendingOrder(1, 41, 0).before(FIRST)).isFalse();
    }

    @Test
    void brokersHaveNoOrderAmongEachOther() {
        assertThat(FIRST.before(new SendingOrder(2, 41, 9))).isFalse();
    }
}
