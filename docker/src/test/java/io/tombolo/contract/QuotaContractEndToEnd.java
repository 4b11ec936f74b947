package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;

import java.util.ArrayList;
import java.util.List;

/** Quotas of clients: what is asked is judged as Kafka does, though here there are none. */
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
    @DisplayName("a quota is taken where it is enforced, and refused here, where it is not")
    void noQuotaIsTakenThatNobodyEnforces(Subject subject) {
        try (var client = subject.connect()) {
            var limit = new OpData().setKey("producer_byte_rate").setValue(1e9);
            var entity = List.of(part("client-id", Subject.freshName("limited")));

            assertThat(altered(client, entity, limit))
                    .isEqualTo(
                            subject.id().equals("kafka") ? Errors.NONE : Errors.POLICY_VIOLATION);
            assertThat(altered(client, entity, removal())).isEqualTo(Errors.NONE);
        }
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
        answer.entries().forEach(entry -> found.add(entry.toString()));
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
