package io.tombolo.contract;

import io.tombolo.nodes.KafkaNode;
import io.tombolo.nodes.NodeProgram;
import io.tombolo.nodes.TomboloNode;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

import java.util.List;
import java.util.stream.Stream;

/**
 * Hands out the clusters of three nodes; each is started once per process of the tests and stopped
 * at its end. {@code -Dcontract.subjects=} chooses among them as among the single brokers.
 */
final class Trios implements ArgumentsProvider, ParameterResolver {

    private static final String CHOSEN = System.getProperty("contract.subjects", "kafka,tombolo");

    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) {
        return running(context).trios().stream().map(Arguments::of);
    }

    private static Running running(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.GLOBAL)
                .computeIfAbsent(Running.class, _ -> Running.start(), Running.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Running.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return running(context);
    }

    /** Closed by JUnit when its session ends. */
    record Running(List<Trio> trios) implements AutoCloseable {

        static Running start() {
            var chosen = List.of(CHOSEN.split(","));
            var trios =
                    Stream.<NodeProgram>of(new KafkaNode(), new TomboloNode())
                            .filter(program -> chosen.contains(program.id()))
                            .map(Trio::launch)
                            .toList();
            return new Running(trios);
        }

        @Override
        public void close() {
            trios.forEach(Trio::stop);
        }
    }
}
