package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/** Quotas of clients. */
class QuotaContractEndToEnd {

    private static final int EXACT = 0;
    private static final int DEFAULT = 1;
    private static final int SPECIFIED = 2;

    @ContractTest
    @DisplayName("a filter of quotas that makes sense finds nothing where there are none")
    void quotasAreLookedFor(Subject subject) {
        try (var client = subject.connect()) {
            for (boolean strict : List.of(true, false)) {
                assertThat(found(client, strict)).isEmpty();
                assertThat(found(client, strict, filter("user", EXACT, "nobody"))).isEmpty();
                assertThat(found(client, strict, filter("client-id", DEFAULT, null))).isEmpty();
                assertThat(found(client, strict, filter("ip", SPECIFIED, null))).isEmpty();
                assertThat(
                                found(
                                        client,
                                        strict,
                                        filter("user", EXACT, "nobody"),
                                        filter("client-id", SPECIFIED, null)))
                        .isEmpty();
            }
        }
    }

    @ContractTest
    @DisplayName("a filter of quotas that makes no sense is refused, and its entries are null")
    void filtersAreJudged(Subject subject) {
        try (var client = subject.connect()) {
            var user = filter("user", SPECIFIED, null);
            assertThat(refusal(client, filter("user", EXACT, null)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(refusal(client, filter("user", DEFAULT, "nobody")))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(refusal(client, filter("user", SPECIFIED, "nobody")))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(refusal(client, filter("user", 3, null))).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(refusal(client, filter("", SPECIFIED, null)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(refusal(client, user, user.duplicate())).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(refusal(client, user, filter("ip", EXACT, "10.0.0.1")))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(refusal(client, filter("team", SPECIFIED, null)))
                    .isEqualTo(Errors.UNSUPPORTED_VERSION);
        }
    }

    @ContractTest
    @DisplayName("a quota for nothing, or for what there is not, is refused; none is removed")
    void entitiesAreJudged(Subject subject) {
        try (var client = subject.connect()) {
            assertThat(altered(client, List.of(part("client-id", "nobody")), removal()))
                    .isEqualTo(Errors.NONE);
            assertThat(altered(client, List.of(), removal())).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(altered(client, List.of(part("team", "nobody")), removal()))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(altered(client, List.of(part("user", "")), removal()))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(
                            altered(
                                    client,
                                    List.of(part("user", "nobody"), part("ip", "10.0.0.1")),
                                    removal()))
                    .isEqualTo(Errors.INVALID_REQUEST);
        }
    }

    @ContractTest
    @DisplayName("limits are kept, shown as the filter asks, changed and removed")
    void quotasAreKept(Subject subject) {
        String name = Subject.freshName("limited");
        List<EntityData> one = List.of(part("client-id", name));
        List<EntityData> ofUser = List.of(part("user", name), part("client-id", null));
        try (var client = subject.connect()) {
            assertThat(altered(client, one, limit("producer_byte_rate", 1e9)))
                    .isEqualTo(Errors.NONE);
            assertThat(altered(client, one, limit("consumer_byte_rate", 2e9)))
                    .isEqualTo(Errors.NONE);
            assertThat(altered(client, ofUser, limit("consumer_byte_rate", 3e9)))
                    .isEqualTo(Errors.NONE);

            var exact = filter("client-id", EXACT, name);
            String two = "[client-id=%s] consumer_byte_rate=2.0E9 producer_byte_rate=1.0E9";
            awaitFound(client, List.of(two.formatted(name)), true, exact);
            var user = filter("user", EXACT, name);
            String both = "[client-id=null, user=%s] consumer_byte_rate=3.0E9".formatted(name);
            awaitFound(client, List.of(both), false, user);
            awaitFound(client, List.of(), true, user);
            awaitFound(client, List.of(both), true, user, filter("client-id", DEFAULT, null));
            awaitFound(client, List.of(both), true, user, filter("client-id", SPECIFIED, null));

            assertThat(altered(client, one, limit("consumer_byte_rate", 5e9)))
                    .isEqualTo(Errors.NONE);
            assertThat(altered(client, one, removal())).isEqualTo(Errors.NONE);
            String left = "[client-id=%s] consumer_byte_rate=5.0E9".formatted(name);
            awaitFound(client, List.of(left), true, exact);
            assertThat(altered(client, one, removal("consumer_byte_rate"))).isEqualTo(Errors.NONE);
            assertThat(altered(client, ofUser, removal("consumer_byte_rate")))
                    .isEqualTo(Errors.NONE);
            awaitFound(client, List.of(), true, exact);
        }
    }

    @ContractTest
    @DisplayName("a limit that makes no sense is refused")
    void limitsAreJudged(Subject subject) {
        List<EntityData> one = List.of(part("client-id", Subject.freshName("limited")));
        try (var client = subject.connect()) {
            for (OpData bad :
                    List.of(
                            limit("producer_byte_rate", 0),
                            limit("producer_byte_rate", -1),
                            limit("producer_byte_rate", 1.5),
                            limit("connection_creation_rate", 5),
                            limit("colour", 5))) {
                assertThat(altered(client, one, bad))
                        .as(bad.key())
                        .isEqualTo(Errors.INVALID_REQUEST);
            }
        }
    }

    @ContractTest
    @DisplayName("limits that nobody enforces here are refused, where Kafka takes them")
    void noQuotaIsTakenThatNobodyEnforces(Subject subject) {
        List<EntityData> one = List.of(part("client-id", Subject.freshName("limited")));
        try (var client = subject.connect()) {
            for (String key : List.of("request_percentage", "controller_mutation_rate")) {
                assertThat(altered(client, one, limit(key, 100)))
                        .isEqualTo(
                                subject.id().equals("kafka")
                                        ? Errors.NONE
                                        : Errors.POLICY_VIOLATION);
                assertThat(altered(client, one, removal(key))).isEqualTo(Errors.NONE);
            }
        }
    }

    /** The answer leaves before the pause: else both answers would come together. */
    @ContractTest
    @DisplayName("14: a quota violation is answered at once, and then the channel is muted")
    void contract014Throttling(Subject subject) {
        String name = Subject.freshName("limited");
        List<EntityData> one = List.of(part("client-id", name));
        String value = "x".repeat(260_000);
        try (var other = subject.connect();
                var limited = subject.connect().named(name)) {
            altered(other, one, limit("producer_byte_rate", 20_000));
            altered(other, one, limit("consumer_byte_rate", 20_000));
            var exact = filter("client-id", EXACT, name);
            String kept = "[client-id=%s] consumer_byte_rate=20000.0 producer_byte_rate=20000.0";
            awaitFound(other, List.of(kept.formatted(name)), true, exact);
            // What the metadata learn of later, the broker acts on later.
            Topic topic = subject.newTopic();

            limited.send(
                    ProduceCalls.produce(topic, 0, ProduceCalls.ALL, Batches.of(value)),
                    ProduceCalls.BY_ID);
            ProduceResponseData produced =
                    pausedAfter(limited, ProduceResponseData::throttleTimeMs);
            assertThat(FetchCalls.endOffset(other, topic)).as("what was sent counts").isEqualTo(1);
            assertThat(produced.responses()).hasSize(1);

            limited.send(
                    FetchCalls.fetch(FetchCalls.of(topic, FetchCalls.from(0, 0))),
                    FetchCalls.BY_ID);
            FetchResponseData fetched = pausedAfter(limited, FetchResponseData::throttleTimeMs);
            assertThat(fetched.errorCode()).isEqualTo(Errors.NONE.code());

            altered(other, one, removal("producer_byte_rate"));
            altered(other, one, removal("consumer_byte_rate"));
        }
    }

    /** The answer that says how long the next one has to wait, which does so. */
    private static <R extends ApiMessage> R pausedAfter(RawClient client, ToIntFunction<R> pause) {
        client.send(new ApiVersionsRequestData(), 0);
        R answer = client.receive();
        long answeredNanos = System.nanoTime();
        ApiVersionsResponseData next = client.receive();
        Duration paused = Duration.ofNanos(System.nanoTime() - answeredNanos);
        assertThat(next.errorCode()).isEqualTo(Errors.NONE.code());
        int throttleTimeMs = pause.applyAsInt(answer);
        assertThat(throttleTimeMs).isPositive();
        assertThat(paused).isGreaterThan(Duration.ofMillis(throttleTimeMs / 2));
        return answer;
    }

    private static OpData limit(String key, double value) {
        return new OpData().setKey(key).setValue(value);
    }

    private static OpData removal(String key) {
        return new OpData().setKey(key).setRemove(true);
    }

    private static void awaitFound(
            RawClient client, List<String> wanted, boolean strict, ComponentData... filter) {
        Eventually.eventually(
                "the quotas of " + List.of(filter),
                () -> found(client, strict, filter),
                wanted::equals);
    }

    private static OpData removal() {
        return new OpData().setKey("producer_byte_rate").setRemove(true);
    }

    private static EntityData part(String type, String name) {
        return new EntityData().setEntityType(type).setEntityName(name);
    }

    private static Errors altered(RawClient client, List<EntityData> entity, OpData change) {
        var entry = new EntryData().setEntity(entity).setOps(List.of(change));
        AlterClientQuotasResponseData answer =
                client.call(new AlterClientQuotasRequestData().setEntries(List.of(entry)), 1);
        return Errors.forCode(answer.entries().getFirst().errorCode());
    }

    private static ComponentData filter(String entity, int match, @Nullable String name) {
        return new ComponentData().setEntityType(entity).setMatchType((byte) match).setMatch(name);
    }

    private static List<String> found(RawClient client, boolean strict, ComponentData... filter) {
        DescribeClientQuotasResponseData answer = described(client, strict, filter);
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        assertThat(answer.errorMessage()).isEmpty();
        var found = new ArrayList<String>();
        for (var entry : answer.entries()) {
            var entity = new TreeSet<String>();
            entry.entity().forEach(one -> entity.add(one.entityType() + "=" + one.entityName()));
            var line = new StringBuilder(entity.toString());
            entry.values().stream()
                    .map(limit -> " " + limit.key() + "=" + limit.value())
                    .sorted()
                    .forEach(line::append);
            found.add(line.toString());
        }
        return found;
    }

    private static Errors refusal(RawClient client, ComponentData... filter) {
        DescribeClientQuotasResponseData answer = described(client, false, filter);
        assertThat(answer.entries()).isNull();
        assertThat(answer.errorMessage()).isNotBlank();
        return Errors.forCode(answer.errorCode());
    }

    private static DescribeClientQuotasResponseData described(
            RawClient client, boolean strict, ComponentData... filter) {
        return client.call(
                new DescribeClientQuotasRequestData()
                        .setComponents(List.of(filter))
                        .setStrict(strict),
                1);
    }
}
