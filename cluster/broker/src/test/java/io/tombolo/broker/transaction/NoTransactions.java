package io.tombolo.broker.transaction;

import io.tombolo.environment.EventLoop;

import java.util.function.Consumer;

/** The gate of tests in which nobody writes in transactions. */
public final class NoTransactions implements TransactionGate {

    @Override
    public Company company(int members, EventLoop loop) {
        return new Company(members, loop, (_, _, _) -> {});
    }

    @Override
    public void admit(Wish wish, Consumer<Permit> answer) {
        throw new AssertionError("a transaction: " + wish);
    }
}
