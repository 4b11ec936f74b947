package io.tombolo.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.tombolo.environment.Endpoint;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A small HTTP/1.1 server for administration: GET, POST, PUT and DELETE, headers up to 8 KiB,
 * bodies up to 1 MiB, 64 connections, each with one request at a time and closed after a minute in
 * which nothing arrived.
 */
public final class HttpListener implements AutoCloseable {

    private static final int LINE_BYTES_MAX = 4 * 1024;
    private static final int HEADER_BYTES_MAX = 8 * 1024;
    private static final int BODY_BYTES_MAX = 1024 * 1024;
    private static final int CONNECTION_COUNT_MAX = 64;
    private static final int QUIET_SECONDS_MAX = 60;

    private final NettyLoops loops;
    private final HttpHandler handler;
    private final Consumer<Throwable> onFailure;
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final NettyListener listener;

    private HttpListener(
            NettyLoops loops, Endpoint bind, HttpHandler handler, Consumer<Throwable> onFailure) {
        this.loops = loops;
        this.handler = handler;
        this.onFailure = onFailure;
        var bootstrap =
                new ServerBootstrap()
                        .group(loops.group())
                        .channel(loops.transport().listenerType())
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        admit(channel);
                                    }
                                });
        this.listener = NettyListener.bind(loops, bootstrap, bind);
    }

    /**
     * Starts to answer requests. Not callable on a loop.
     *
     * @param onFailure hears what the handler throws
     * @throws java.io.UncheckedIOException when the address cannot be bound
     */
    public static HttpListener open(
            NettyLoops loops, Endpoint bind, HttpHandler handler, Consumer<Throwable> onFailure) {
        return new HttpListener(loops, bind, handler, onFailure);
    }

    private void admit(SocketChannel channel) {
        loops.own(channel);
        if (connectionCount.incrementAndGet() > CONNECTION_COUNT_MAX) {
            connectionCount.decrementAndGet();
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> connectionCount.decrementAndGet());
        var decoding =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(LINE_BYTES_MAX)
                        .setMaxHeaderSize(HEADER_BYTES_MAX);
        channel.pipeline()
                .addLast(
                        new IdleStateHandler(0, 0, QUIET_SECONDS_MAX),
                        new HttpServerCodec(decoding),
                        new HttpObjectAggregator(BODY_BYTES_MAX),
                        new HttpConversation(handler, onFailure));
    }

    /** The address with the port really bound. */
    public Endpoint address() {
        return listener.address();
    }

    /** Stops accepting; open connections are served until the loops are closed. */
    @Override
    public void close() {
        listener.close();
    }
}
