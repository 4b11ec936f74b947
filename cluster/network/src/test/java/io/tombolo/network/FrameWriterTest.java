package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.tombolo.environment.Payload;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What Netty is given for a frame. */
class FrameWriterTest {

    private static final int FILE_BYTES = 100_000;

    @TempDir Path folder;
    private final EmbeddedChannel channel =
            new EmbeddedChannel(
                    new ChannelInboundHandlerAdapter() {
                        @Override
                        public void handlerAdded(ChannelHandlerContext added) {
                            context = added;
                        }
                    });
    private final AtomicInteger released = new AtomicInteger();
    private ChannelHandlerContext context;
    private FileChannel file;

    @BeforeEach
    void fill() throws IOException {
        file =
                FileChannel.open(
                        folder.resolve("log"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        var content = ByteBuffer.allocate(FILE_BYTES);
        for (int at = 0; at < FILE_BYTES; at++) {
            content.put(at, (byte) at);
        }
        file.write(content);
    }

    @AfterEach
    void close() throws IOException {
        channel.finishAndReleaseAll();
        file.close();
    }

    @Test
    void aSmallFrameGoesOutInOnePieceWithItsFileRead() {
        write(part(1, 2), region(5, 3), part(9), region(0, 0));

        ByteBuf whole = channel.readOutbound();
        var bytes = new byte[whole.readableBytes()];
        whole.readBytes(bytes).release();
        assertThat(bytes).containsExactly(0, 0, 0, 6, 1, 2, 5, 6, 7, 9);
        assertThat(channel.outboundMessages()).isEmpty();
        assertThat(released).hasValue(2);
    }

    @Test
    void aLargeFrameLeavesItsFileToTheKernel() {
        write(part(1, 2), region(0, 40_000), part(9));

        assertThat(lengthOf(channel.readOutbound())).isEqualTo(6);
        assertThat(lengthOf(channel.readOutbound())).isEqualTo(40_000);
        assertThat(lengthOf(channel.readOutbound())).isEqualTo(1);
        assertThat(released).hasValue(1);
    }

    @Test
    void aFileThatIsShorterThanItsRegionIsNotSentAsIfItWereWhole() {
        write(part(1), region(FILE_BYTES - 2, 3), part(9));

        assertThat(lengthOf(channel.readOutbound())).isEqualTo(5);
        assertThat(released).as("still the transport's, which fails on it").hasValue(0);
        assertThat(lengthOf(channel.readOutbound())).isEqualTo(3);
        assertThat(lengthOf(channel.readOutbound())).isEqualTo(1);
        assertThat(released).hasValue(1);
    }

    private void write(Payload... parts) {
        FrameWriter.write(context, List.of(parts));
        channel.flushOutbound();
    }

    private static Payload part(int... values) {
        var bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return new Payload.Memory(bytes.flip());
    }

    private Payload region(int position, int length) {
        return new Payload.FileRegion(file, position, length, released::incrementAndGet);
    }

    private static long lengthOf(Object part) {
        long length =
                switch (part) {
                    case ByteBuf bytes -> bytes.readableBytes();
                    case FileRegion region -> region.count();
                    default -> throw new AssertionError(part);
                };
        ReferenceCountUtil.release(part);
        return length;
    }
}
