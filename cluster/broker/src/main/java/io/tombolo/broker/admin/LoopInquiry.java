package io.tombolo.broker.admin;

import io.tombolo.environment.EventLoop;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Questions from other threads to something that belongs to a loop.
 *
 * @param <C> what is asked
 */
public final class LoopInquiry<C> {

    private static final long PATIENCE_SECONDS = 20;

    /** There is nothing to ask yet; asking again later helps. */
    public static final class NotYet extends Exception {

        private static final long serialVersionUID = 1;

        NotYet() {
            super("the broker is starting", null, false, false);
        }
    }

    private final EventLoop loop;
    private final Supplier<Optional<C>> subject;

    /**
     * @param subject what is asked, looked up on the loop; empty while it does not exist yet
     */
    public LoopInquiry(EventLoop loop, Supplier<Optional<C>> subject) {
        this.loop = loop;
        this.subject = subject;
    }

    /**
     * Puts a question on the loop and waits for the answer, at most 20 seconds.
     *
     * @throws NotYet when there is nothing to ask yet
     * @throws Exception what the question threw, at once; the owner of the loop hears of it too, as
     *     of everything that is thrown there
     */
    public <T> T ask(BiConsumer<C, CompletableFuture<T>> question) throws Exception {
        var answer = new CompletableFuture<T>();
        loop.execute(() -> put(question, answer));
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            throw refused.getCause() instanceof Exception cause ? cause : refused;
        }
    }

    private <T> void put(
            BiConsumer<C, CompletableFuture<T>> question, CompletableFuture<T> answer) {
        Optional<C> asked = subject.get();
        if (asked.isEmpty()) {
            answer.completeExceptionally(new NotYet());
            return;
        }
        try {
            question.accept(asked.get(), answer);
        } catch (Throwable failure) {
            answer.completeExceptionally(failure);
            throw failure;
        }
    }
}
