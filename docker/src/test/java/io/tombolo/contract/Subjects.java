package io.tombolo.contract;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

import java.util.List;
import java.util.stream.Stream;

/**
 * Hands out the brokers under test; each is started once per process of the tests and stopped at
 * its end. {@code -Dcontract.subjects=kafka} or {@code =tombolo} asks only one of them.
 */
final class Subjects implements ArgumentsProvider {

    private static final String CHOSEN = System.getProperty("contract.subjects", "kafka,tombolo");

    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) {
        return running(context).subjects().stream().map(Arguments::of);
    }

    /** The subjects of this run, started by whoever asks first. */
    static Running running(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.GLOBAL)
                .computeIfAbsent(Running.class, _ -> Running.start(), Running.class);
    }

    /** Closed by JUnit when its session ends. */
    record Running(List<Subject> subjects) implements AutoCloseable {

        static Running start() {
            var chosen = List.of(CHOSEN.split(","));
            var subjects =
                    Stream.of(new Subject(new KafkaTwin()), new Subject(new TomboloBroker()))
                            .filter(subject -> chosen.contains(subject.id()))
                            .toList();
            // All are launched before the first is waited for: they start side by side.
            subjects.forEach(Subject::launch);
            return new Running(subjects);
        }

        @Override
        public void close() {
            subjects.forEach(Subject::stop);
        }
    }
}
