package io.tombolo.storage.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.IntStream;

/** The key and the first vectors of the reference implementation: bytes 0 to 15, 0 to n − 1. */
class KeyHashTest {

    private final KeyHash hash = new KeyHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @Test
    void itGivesWhatTheReferenceGives() {
        assertThat(of(0)).isEqualTo("a3817f04ba25a8e66df67214c7550293");
        assertThat(of(1)).isEqualTo("da87c1d86b99af44347659119b22fc45");
    }

    @Test
    void lengthsAroundAWordAndSecretsMakeADifference() {
        assertThat(IntStream.range(0, 40).mapToObj(this::of)).doesNotHaveDuplicates();
        var other = new KeyHash(1, 2);
        other.of(ByteBuffer.allocate(0));
        assertThat(HexFormat.of().toHexDigits(other.high())).isNotEqualTo(of(0).substring(0, 16));
    }

    @Test
    void itReadsFromPositionToLimitAndLeavesBothAlone() {
        ByteBuffer key = ByteBuffer.wrap(new byte[] {9, 9, 0, 9}).position(2).limit(3);

        hash.of(key);

        assertThat(told()).isEqualTo(of(1));
        assertThat(key.position()).isEqualTo(2);
        assertThat(key.limit()).isEqualTo(3);
    }

    private String of(int length) {
        var key = new byte[length];
        for (int at = 0; at < length; at++) {
            key[at] = (byte) at;
        }
        hash.of(ByteBuffer.wrap(key));
        return told();
    }

    /** The reference writes both halves with their lowest byte first. */
    private String told() {
        return HexFormat.of().toHexDigits(Long.reverseBytes(hash.high()))
                + HexFormat.of().toHexDigits(Long.reverseBytes(hash.low()));
    }
}
