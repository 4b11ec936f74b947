package io.tombolo.network;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The requests of one HTTP connection, answered one after the other in the order of their arrival.
 */
final class HttpConversation extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE");
    private static final int WAITING_COUNT_MAX = 16;

    private final HttpHandler handler;
    private final Consumer<Throwable> onFailure;
    private final ArrayDeque<Question> waiting = new ArrayDeque<>();
    private boolean answering;

    HttpConversation(HttpHandler handler, Consumer<Throwable> onFailure) {
        this.handler = handler;
        this.onFailure = onFailure;
    }

    /** A request that waits for the one before it. */
    private record Question(HttpAsk ask, boolean keepAlive, boolean malformed) {}

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (waiting.size() == WAITING_COUNT_MAX) {
            context.close();
            return;
        }
        waiting.add(questionOf(request));
        context.channel().config().setAutoRead(false);
        answerNext(context);
    }

    private static Question questionOf(FullHttpRequest request) {
        byte[] body = ByteBufUtil.getBytes(request.content());
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers()
                .forEach(entry -> headers.putIfAbsent(lowerCase(entry.getKey()), entry.getValue()));
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        String method = request.method().name();
        try {
            var target = new QueryStringDecoder(request.uri());
            String path = target.path();
            var ask = new HttpAsk(method, path, target.parameters(), headers, body);
            boolean malformed = request.decoderResult().isFailure() || !path.startsWith("/");
            return new Question(ask, keepAlive && !malformed, malformed);
        } catch (IllegalArgumentException undecodable) {
            var ask = new HttpAsk(method, "/", Map.of(), headers, body);
            return new Question(ask, false, true);
        }
    }

    private static String lowerCase(String name) {
        return name.toLowerCase(java.util.Locale.ROOT);
    }

    private void answerNext(ChannelHandlerContext context) {
        if (answering) {
            return;
        }
        Question next = waiting.poll();
        if (next == null) {
            context.channel().config().setAutoRead(true);
            return;
        }
        answering = true;
        if (next.malformed) {
            write(context, next, HttpAnswer.error(400, "the request cannot be read"));
        } else if (!METHODS.contains(next.ask.method())) {
            write(context, next, HttpAnswer.error(405, next.ask.method() + " is not answered"));
        } else {
            Thread.ofVirtual()
                    .name("http " + next.ask.method() + " " + next.ask.path())
                    .start(() -> answer(context, next));
        }
    }

    /** Runs the handler; on a virtual thread. */
    private void answer(ChannelHandlerContext context, Question question) {
        HttpAnswer answer;
        try {
            answer = handler.handle(question.ask);
        } catch (Throwable failure) {
            onFailure.accept(failure);
            answer = HttpAnswer.error(500, "internal error: " + failure.getClass().getSimpleName());
        }
        HttpAnswer ready = answer;
        try {
            context.executor().execute(() -> writeOrClose(context, question, ready));
        } catch (RejectedExecutionException shutDown) {
            // The loops have closed the connection: nobody waits for the answer.
            return;
        }
    }

    /** Whoever waits for an answer that cannot be written learns it from the close. */
    private void writeOrClose(ChannelHandlerContext context, Question question, HttpAnswer answer) {
        try {
            write(context, question, answer);
        } catch (RuntimeException unwritable) {
            onFailure.accept(unwritable);
            context.close();
        }
    }

    private void write(ChannelHandlerContext context, Question question, HttpAnswer answer) {
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(answer.status()),
                        Unpooled.wrappedBuffer(answer.body()));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        HttpUtil.setContentLength(response, answer.body().length);
        HttpUtil.setKeepAlive(response, question.keepAlive);
        var written =
                context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        answering = false;
        if (question.keepAlive) {
            answerNext(context);
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Nothing was said for too long; a handler that takes its time is not interrupted. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent && !answering) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            onFailure.accept(cause);
        }
        context.close();
    }
}
