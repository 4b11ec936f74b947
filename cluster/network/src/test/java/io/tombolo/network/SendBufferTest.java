package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.SocketChannel;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class SendBufferTest {

    @Test
    void aDistantPeerKeepsTheSizeThatTheKernelChooses() {
        assertThat(SendBuffer.isNear(80_000)).isFalse();
        assertThat(SendBuffer.isNear(40)).isTrue();
    }

    @Test
    void anAcceptedConnectionFromNearbyIsBounded() throws Exception {
        assumeTrue(Epoll.isAvailable(), "only epoll tells the round trip of a peer; not tried");
        // Given a listener that sizes what it accepts
        var transport = Transport.EPOLL;
        var sized = new CompletableFuture<Integer>();
        try (var loops = new MultiThreadIoEventLoopGroup(1, transport.handlerFactory())) {
            var listener =
                    new ServerBootstrap()
                            .group(loops)
                            .channel(transport.listenerType())
                            .childHandler(
                                    new ChannelInitializer<SocketChannel>() {
                                        @Override
                                        protected void initChannel(SocketChannel accepted) {
                                            SendBuffer.fit(accepted);
                                            sized.complete(accepted.config().getSendBufferSize());
                                        }
                                    })
                            .bind("127.0.0.1", 0)
                            .sync()
                            .channel();
            int port = ((InetSocketAddress) listener.localAddress()).getPort();

            // When a peer on the same machine connects
            try (var peer = new Socket("127.0.0.1", port)) {

                // Then the kernel holds twice the near size, as it does for every size it is given
                assertThat(sized.get(10, TimeUnit.SECONDS)).isEqualTo(2 * SendBuffer.NEAR_BYTES);
                assertThat(peer.isConnected()).isTrue();
            }
        }
    }
}
