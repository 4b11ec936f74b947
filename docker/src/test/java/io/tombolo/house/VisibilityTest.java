package io.tombolo.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tombolo.house.House.CompiledClass;
import io.tombolo.house.House.Module;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who sees which type: rule 11 of CONTRIBUTING.md. */
class VisibilityTest {

    private static final int SHOWN_PERCENT_MAX = 40;

    /**
     * What others speak in: the seams, the wire, the words of a region, its metadata, the roles of
     * a partition and the messages of a quorum, which the broker drives. These ceilings are only
     * lowered.
     */
    private static final Map<String, Integer> VOCABULARY_PERCENT_MAX =
            Map.of(
                    "environment",
                    42,
                    "protocol",
                    66,
                    "region",
                    63,
                    "metadata",
                    82,
                    "replication",
                    52,
                    "raft",
                    41);

    private static final String ENTRY = "io.tombolo.cli.Main";

    private static final List<Use> USES = new ArrayList<>();
    private static final Map<String, Set<String>> EXPOSED = new HashMap<>();

    /** A class names a type of ours that is not of its own package. */
    private record Use(Module module, boolean test, String type) {}

    @BeforeAll
    static void readEveryClass() {
        for (Module module : House.modules()) {
            assumeTrue(
                    module.isCompiled(),
                    () -> module.name() + " is not compiled: who uses what is not known");
            List<CompiledClass> classes = module.classes();
            List<CompiledClass> tests = module.testClasses();
            classes.forEach(type -> readUses(module, false, type));
            tests.forEach(type -> readUses(module, true, type));
            classes.stream()
                    .filter(type -> type.model().flags().has(AccessFlag.PUBLIC))
                    .forEach(type ->
                            EXPOSED.computeIfAbsent(type.packageName(), _ -> new HashSet<>())
                                    .addAll(type.publicSignatures()));
        }
    }

    private static void readUses(Module module, boolean test, CompiledClass user) {
        user.references().stream()
                .filter(name -> name.startsWith("io.tombolo."))
                .map(VisibilityTest::outermost)
                .distinct()
                .filter(name -> !packageOf(name).equals(user.packageName()))
                .forEach(name -> USES.add(new Use(module, test, name)));
    }

    @Test
    void aPublicTypeHasAUserInAnotherPackage() {
        Set<String> used = USES.stream().map(Use::type).collect(Collectors.toSet());
        var broken = new ArrayList<String>();
        for (Module module : House.modules()) {
            Set<String> services = services(module);
            module.classes().stream()
                    .filter(type -> isTopLevel(type.name()))
                    .filter(type -> type.model().flags().has(AccessFlag.PUBLIC))
                    .map(CompiledClass::name)
                    .filter(name -> !used.contains(name) && !exposed(name))
                    .filter(name -> !services.contains(name) && !name.equals(ENTRY))
                    .forEach(name -> broken.add(name + " is public for nobody"));
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void aModuleShowsLittleOfItself() {
        var broken = new ArrayList<String>();
        for (Module module : House.modules()) {
            Set<String> types =
                    module.classes().stream()
                            .map(CompiledClass::name)
                            .filter(VisibilityTest::isTopLevel)
                            .filter(name -> !name.endsWith(".package-info"))
                            .collect(Collectors.toSet());
            long shown =
                    USES.stream()
                            .filter(use -> !use.test() && !use.module().equals(module))
                            .map(Use::type)
                            .distinct()
                            .filter(types::contains)
                            .count();
            int percentMax = VOCABULARY_PERCENT_MAX.getOrDefault(module.name(), SHOWN_PERCENT_MAX);
            if (100 * shown > (long) percentMax * types.size()) {
                broken.add(
                        "other modules use %d of the %d types of %s, more than %d %%"
                                .formatted(shown, types.size(), module.name(), percentMax));
            }
        }
        assertThat(broken).isEmpty();
    }

    /** Whether who uses a public type of its package meets it without naming it. */
    private static boolean exposed(String type) {
        return EXPOSED.getOrDefault(packageOf(type), Set.of()).contains(type);
    }

    /** What {@code ServiceLoader} finds by name. */
    private static Set<String> services(Module module) {
        Path folder = module.folder().resolve("src/main/resources/META-INF/services");
        if (!Files.exists(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.flatMap(file -> House.lines(file).stream())
                    .map(String::strip)
                    .collect(Collectors.toSet());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static boolean isTopLevel(String name) {
        return name.indexOf('$') < 0;
    }

    private static String outermost(String name) {
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }
}
