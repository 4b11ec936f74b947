package io.tombolo.network;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.tombolo.environment.Clock;
import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Framed connections over TCP. Accepted connections are spread over the loops in turn; each stays
 * on its loop.
 *
 * <p>Bytes of a frame are charged to the budget of the loop as they arrive, not as they are
 * announced. When the budget is spent the loop stops reading from its connections, except for one
 * frame at a time that has begun and is allowed to finish, and reads again as frames are released.
 * Frames that the other side sent before it closed are delivered, also after a pause, before the
 * handler hears of the close.
 */
public final class NettyNetwork implements Network {

    private static final int CONNECT_MILLIS_MAX = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(NettyNetwork.class);
    private static final int BACKLOG = 1024;
    private static final long ACCEPT_PAUSE_MS = 1_000;

    private final NettyLoops loops;
    private final Clock clock;
    private final AtomicLong lastConnectionId = new AtomicLong();
    private final DescriptorReserve reserve = DescriptorReserve.ofThisProcess();

    /**
     * @param loops own every connection; closing them closes the connections
     */
    public NettyNetwork(NettyLoops loops, Clock clock) {
        this.loops = loops;
        this.clock = clock;
    }

    /** As the interface says; not callable on a loop, since it waits until the port is bound. */
    @Override
    public Listener listen(
            Endpoint bind, FrameLimits limits, Function<Connection, ConnectionHandler> acceptor) {
        var terms = new NettyConnection.Terms(limits, acceptor);
        var bootstrap =
                new ServerBootstrap()
                        .group(loops.group())
                        .channel(loops.transport().listenerType())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        if (reserve.admits()) {
                                            SendBuffer.fit(channel);
                                            addConnection(channel, terms, bind);
                                        } else {
                                            turnAway(channel, bind);
                                        }
                                    }
                                });
        return NettyListener.bind(loops, bootstrap, bind);
    }

    /** Those that come meanwhile wait in the queue of the system, which has an end. */
    private static void turnAway(SocketChannel channel, Endpoint address) {
        channel.close();
        ChannelConfig listener = channel.parent().config();
        if (listener.isAutoRead()) {
            listener.setAutoRead(false);
            LOG.atWarn()
                    .addKeyValue("listener", address)
                    .log("Few file descriptors are left: no connections are accepted for a while");
            channel.parent()
                    .eventLoop()
                    .schedule(
                            () -> listener.setAutoRead(true),
                            ACCEPT_PAUSE_MS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void addConnection(
            SocketChannel channel, NettyConnection.Terms terms, Endpoint address) {
        loops.own(channel);
        var connection =
                new NettyConnection(
                        lastConnectionId.incrementAndGet(),
                        loops.of(channel.eventLoop()),
                        channel,
                        clock,
                        terms,
                        address);
        channel.pipeline().addLast(connection);
    }

    @Override
    public void connect(
            EventLoop loop, Endpoint remote, FrameLimits limits, ConnectionHandler handler) {
        var owner = (NettyLoop) loop;
        // Resolving a name blocks, so it happens off the loops.
        Thread.ofVirtual()
                .name("resolve " + remote.host())
                .start(() -> {
                    try {
                        InetAddress address = InetAddress.getByName(remote.host());
                        dial(owner, address, remote, limits, handler);
                    } catch (UnknownHostException unknown) {
                        owner.execute(() -> handler.closed(unreachable(remote, "unknown host")));
                    }
                });
    }

    private void dial(
            NettyLoop loop,
            InetAddress address,
            Endpoint remote,
            FrameLimits limits,
            ConnectionHandler handler) {
        var terms = new NettyConnection.Terms(limits, _ -> handler);
        ChannelFuture dialled =
                new Bootstrap()
                        .group(loop.netty())
                        .channel(loops.transport().socketType())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
                        .handler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        addConnection(channel, terms, remote);
                                    }
                                })
                        .connect(new InetSocketAddress(address, remote.port()));
        dialled.addListener(done -> {
            if (!done.isSuccess()) {
                String detail = String.valueOf(done.cause().getMessage());
                loop.execute(() -> handler.closed(unreachable(remote, detail)));
            }
        });
    }

    private static CloseReason unreachable(Endpoint remote, String detail) {
        return new CloseReason(CloseReason.Kind.UNREACHABLE, remote + ": " + detail);
    }
}
