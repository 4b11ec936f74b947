package io.tombolo.coordinator.runtime;

import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The clients that wait for an answer of one partition, by ticket. Mutable; confined to the loop of
 * the partition. Telling a client something it was told already does nothing.
 */
final class WaitingClients {

    private final Map<Long, Reply<?>> byTicket = new TreeMap<>();
    private long nextNumber = 1;

    <R> Ticket<R> admit(Reply<R> reply) {
        var ticket = new Ticket<R>(nextNumber++);
        byTicket.put(ticket.number(), reply);
        return ticket;
    }

    int count() {
        return byTicket.size();
    }

    @SuppressWarnings("unchecked") // admit() is the only source of tickets and types both alike
    <R> void answer(Answer<R> answer) {
        var reply = (Reply<R>) byTicket.remove(answer.ticket().number());
        if (reply != null) {
            reply.answer(answer.response());
        }
    }

    void refuse(Ticket<?> ticket, Errors error) {
        var reply = byTicket.remove(ticket.number());
        if (reply != null) {
            reply.refuse(error);
        }
    }

    void refuseAll(Errors error) {
        List<Reply<?>> all = List.copyOf(byTicket.values());
        byTicket.clear();
        all.forEach(reply -> reply.refuse(error));
    }
}
