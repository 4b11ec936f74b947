package io.tombolo.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/** A bound port. */
record NettyListener(Endpoint address, Channel channel) implements Network.Listener {

    static NettyListener bind(NettyLoops loops, ServerBootstrap bootstrap, Endpoint bind) {
        ChannelFuture bound =
                bootstrap
                        .bind(new InetSocketAddress(bind.host(), bind.port()))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new UncheckedIOException(
                    new IOException(
                            "cannot listen on %s: %s".formatted(bind, bound.cause().getMessage()),
                            bound.cause()));
        }
        loops.own(bound.channel());
        var address = (InetSocketAddress) bound.channel().localAddress();
        var endpoint = new Endpoint(bind.host(), address.getPort());
        return new NettyListener(endpoint, bound.channel());
    }

    @Override
    public void close() {
        ChannelFuture closed = channel.close();
        if (!channel.eventLoop().inEventLoop()) {
            closed.awaitUninterruptibly();
        }
    }
}
