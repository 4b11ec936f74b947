package io.tombolo.network;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

import java.util.function.Supplier;

/** The ways to the operating system's sockets. */
enum Transport {
    /** Linux's own, through native code. */
    EPOLL(EpollIoHandler::newFactory, EpollSocketChannel.class, EpollServerSocketChannel.class),
    /** The JDK's, everywhere. */
    NIO(NioIoHandler::newFactory, NioSocketChannel.class, NioServerSocketChannel.class);

    private final Supplier<IoHandlerFactory> handlers;
    private final Class<? extends SocketChannel> socketType;
    private final Class<? extends ServerChannel> listenerType;

    Transport(
            Supplier<IoHandlerFactory> handlers,
            Class<? extends SocketChannel> socketType,
            Class<? extends ServerChannel> listenerType) {
        this.handlers = handlers;
        this.socketType = socketType;
        this.listenerType = listenerType;
    }

    static Transport choose(boolean nativeWanted) {
        return nativeWanted && Epoll.isAvailable() ? EPOLL : NIO;
    }

    IoHandlerFactory handlerFactory() {
        return handlers.get();
    }

    Class<? extends SocketChannel> socketType() {
        return socketType;
    }

    Class<? extends ServerChannel> listenerType() {
        return listenerType;
    }
}
