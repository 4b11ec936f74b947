package io.tombolo.broker.lease;

import io.tombolo.environment.EventLoop;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.LeaseLedger.Wish;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The way to the voter that leads the ledger, wherever it is: the one that led last is asked first,
 * then whom it names, then everybody in turn. Confined to the loop.
 */
final class LedgerRoute {

    /** Each site is asked so often at most for one question. */
    private static final int ROUNDS = 2;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final EventLoop loop;
    private final Map<Integer, RegionId> sites;
    private final List<RegionId> order;
    private final SitePost post;
    private int preferred;

    /**
     * @param sites by the node ids of their voters
     * @param post reaches all of them, this broker's own voter as well
     */
    LedgerRoute(EventLoop loop, Map<Integer, RegionId> sites, SitePost post) {
        this.loop = loop;
        this.sites = Map.copyOf(sites);
        this.order = List.copyOf(new TreeMap<>(sites).values());
        this.post = post;
    }

    /**
     * Asks the ledger.
     *
     * @param answered called once, on the loop, with nothing when no leader was found
     */
    void ask(List<Wish> wishes, Consumer<Optional<LeaseAnswer.Told>> answered) {
        ask(LedgerWire.encode(new LedgerWire.Question.Wishes(wishes)), 1, answered);
    }

    private void ask(byte[] question, int times, Consumer<Optional<LeaseAnswer.Told>> answered) {
        RegionId site = order.get(preferred);
        post.ask(
                site,
                question,
                bytes ->
                        loop.execute(() -> {
                            Optional<LeaseAnswer> answer = bytes.flatMap(LedgerWire::leaseAnswer);
                            if (answer.orElse(null) instanceof LeaseAnswer.Told told) {
                                answered.accept(Optional.of(told));
                            } else if (times >= ROUNDS * order.size()) {
                                preferNext(site, answer);
                                answered.accept(Optional.empty());
                            } else {
                                preferNext(site, answer);
                                loop.schedule(
                                        PAUSE_NANOS, () -> ask(question, times + 1, answered));
                            }
                        }));
    }

    /** Several questions may be under way: what another one has found is left. */
    private void preferNext(RegionId asked, Optional<LeaseAnswer> answer) {
        if (!order.get(preferred).equals(asked)) {
            return;
        }
        RegionId named =
                answer.orElse(null) instanceof LeaseAnswer.NotLeader(int leaderId)
                        ? sites.getOrDefault(leaderId, asked)
                        : asked;
        preferred = named.equals(asked) ? (preferred + 1) % order.size() : order.indexOf(named);
    }
}
