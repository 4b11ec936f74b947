package io.tombolo.broker.transaction;

import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * The partitions of one request, about which the coordinator is asked with one question, also when
 * it has to be asked again. Each of them says, on any loop, either that it asks or that it leaves;
 * when all that were left have spoken, those that ask are asked about. Whoever was answered speaks
 * again. Nobody waits before speaking, save for the pause between two attempts, so the slowest
 * keeps the others waiting no longer than that. Mutable; owned by one loop.
 */
public final class Company {

    private final EventLoop loop;
    private final LeaderGate.Inquiry inquiry;
    private final List<Member> asking = new ArrayList<>();
    private int unspoken;

    /**
     * One that asks.
     *
     * @param answer called once on the loop of the partition
     */
    record Member(
            String transactionalId,
            ProducerIdentity producer,
            TopicPartition partition,
            boolean adding,
            EventLoop replyTo,
            Consumer<Errors> answer) {

        private Kind kind() {
            return new Kind(transactionalId, producer, adding);
        }

        private void told(Errors error) {
            Shards.run(replyTo, () -> answer.accept(error));
        }
    }

    /** What one question can be about. */
    private record Kind(String transactionalId, ProducerIdentity producer, boolean adding) {}

    /**
     * @param members how many will speak
     */
    Company(int members, EventLoop loop, LeaderGate.Inquiry inquiry) {
        this.unspoken = members;
        this.loop = loop;
        this.inquiry = inquiry;
    }

    /** One wants to know whether it is part of the transaction. */
    void asks(Member member) {
        Shards.run(
                loop,
                () -> {
                    asking.add(member);
                    spoken();
                });
    }

    /** One has nothing to ask, now or later. */
    void leaves() {
        Shards.run(loop, this::spoken);
    }

    private void spoken() {
        unspoken--;
        Invariant.check(unspoken >= 0, "more have spoken than there are members");
        if (unspoken > 0 || asking.isEmpty()) {
            return;
        }
        var byKind = new LinkedHashMap<Kind, List<Member>>();
        for (Member member : asking) {
            byKind.computeIfAbsent(member.kind(), _ -> new ArrayList<>()).add(member);
        }
        unspoken = asking.size();
        asking.clear();
        byKind.forEach(this::ask);
    }

    private void ask(Kind kind, List<Member> members) {
        var partitions = members.stream().map(Member::partition).toList();
        inquiry.ask(
                new Question(kind.transactionalId, kind.producer, partitions, kind.adding),
                loop,
                answer -> members.forEach(member -> member.told(answer.of(member.partition))));
    }
}
