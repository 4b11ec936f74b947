package io.tombolo.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.house.House.CompiledClass;
import io.tombolo.house.House.Module;
import io.tombolo.nodes.Checkout;

import org.junit.jupiter.api.Test;

import java.lang.classfile.Attributes;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The rules of ARCHITECTURE.md and CONTRIBUTING.md that a machine can check. */
class HouseRulesTest {

    private static final int FILE_LINES_MAX = 600;
    private static final int TEST_FILE_LINES_MAX = 800;
    private static final int METHOD_LINES_MAX = 60;
    private static final int PACKAGE_FILES_MAX = 25;
    private static final int PARAMETERS_MAX = 6;

    /** What each module may import of the others, as ARCHITECTURE.md draws it. */
    private static final Map<String, Set<String>> MAY_IMPORT =
            Map.ofEntries(
                    Map.entry("environment", Set.of()),
                    Map.entry("protocol", Set.of("environment")),
                    Map.entry("region", Set.of("environment", "protocol")),
                    Map.entry("network", Set.of("environment")),
                    Map.entry("storage", Set.of("environment", "protocol")),
                    Map.entry("metadata", Set.of("region")),
                    Map.entry("raft", Set.of("environment", "storage")),
                    Map.entry("controller", Set.of("environment", "region", "metadata", "raft")),
                    Map.entry(
                            "replication",
                            Set.of("environment", "protocol", "storage", "metadata", "region")),
                    Map.entry(
                            "coordinator", Set.of("environment", "protocol", "metadata", "region")),
                    Map.entry("linker", Set.of("environment", "protocol", "region")),
                    Map.entry(
                            "broker",
                            Set.of(
                                    "environment",
                                    "protocol",
                                    "region",
                                    "network",
                                    "storage",
                                    "metadata",
                                    "raft",
                                    "controller",
                                    "replication",
                                    "coordinator",
                                    "registry")),
                    Map.entry(
                            "simulation",
                            Set.of(
                                    "environment",
                                    "protocol",
                                    "region",
                                    "storage",
                                    "metadata",
                                    "raft",
                                    "controller",
                                    "replication",
                                    "coordinator",
                                    "broker")),
                    Map.entry("registry", Set.of("environment", "region")),
                    Map.entry("cli", Set.of("environment", "region", "network", "broker")),
                    Map.entry("docker", Set.of()));

    private static final Pattern RING_A =
            Pattern.compile(
                    "org\\.apache\\.kafka\\.common\\.(message\\..*|utils\\.internals\\.ImplicitLinkedHashCollection(\\$.*)?|protocol\\.(ApiKeys|Errors|ApiMessage)(\\$.*)?|Uuid|TopicPartition|TopicIdPartition)");

    private static final Set<String> RING_A_MODULES =
            Set.of(
                    "protocol",
                    "region",
                    "metadata",
                    "controller",
                    "replication",
                    "coordinator",
                    "broker",
                    "linker",
                    "simulation",
                    "cli");

    /** Third parties that only one module may see. */
    private static final Map<String, String> ONLY_IMPORTER =
            Map.of(
                    "io.netty.", "network",
                    "com.hazelcast.", "registry",
                    "io.opentelemetry.", "observability",
                    "picocli.", "cli");

    private static final Set<String> BANNED_CALLS =
            Set.of(
                    "java.lang.System.currentTimeMillis",
                    "java.lang.System.nanoTime",
                    "java.lang.Thread.sleep",
                    "java.lang.Math.random",
                    "java.util.UUID.randomUUID",
                    "java.util.concurrent.ThreadLocalRandom.current",
                    "java.nio.channels.FileChannel.open",
                    "java.time.Instant.now",
                    "java.lang.System.out");

    private static final Pattern BANNED_NAME =
            Pattern.compile(
                    "(Abstract|Default)[A-Z].*|.*(Manager|Helper|Utils?|Impl|Base|Info|Data)");

    private static final Pattern STAND_IN =
            Pattern.compile("(Stub|Mock|Fake|Canned)[A-Z].*|.*(Stub|Mock|Fake)(Test)?");

    private static final Set<String> BANNED_PACKAGES =
            Set.of("util", "utils", "common", "helper", "misc", "impl");

    @Test
    void modulesImportOnlyWhatTheirFloorAllows() {
        var broken = new ArrayList<String>();
        forEachMainClass((module, type) -> {
            for (String name : type.references()) {
                String target = moduleOf(name);
                if (target != null
                        && !target.equals(module.name())
                        && !MAY_IMPORT.get(module.name()).contains(target)) {
                    broken.add(type.name() + " imports " + name);
                }
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void kafkaClassesStayInTheirRings() {
        var broken = new ArrayList<String>();
        forEachMainClass((module, type) -> {
            for (String name : type.references()) {
                if (name.startsWith("org.apache.kafka.") && !mayUseKafka(module, name)) {
                    broken.add(type.name() + " uses " + name);
                }
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void thirdPartiesStayBehindTheirOnlyImporter() {
        var broken = new ArrayList<String>();
        forEachMainClass((module, type) -> {
            for (String name : type.references()) {
                ONLY_IMPORTER.forEach((prefix, importer) -> {
                    if (name.startsWith(prefix) && !module.name().equals(importer)) {
                        broken.add(type.name() + " imports " + name);
                    }
                });
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void onlyTheEnvironmentAndTheCommandLineTouchTheWorld() {
        var broken = new ArrayList<String>();
        forEachMainClass((module, type) -> {
            if (!Set.of("environment", "cli").contains(module.name())) {
                for (String call : type.memberReferences()) {
                    if (BANNED_CALLS.contains(call)) {
                        broken.add(type.name() + " uses " + call);
                    }
                }
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void productionCodeNeverNamesTheSimulatedWorld() {
        var broken = new ArrayList<String>();
        forEachMainClass((module, type) -> {
            if (!type.packageName().contains(".environment.simulated")
                    && !module.name().equals("simulation")) {
                type.references().stream()
                        .filter(name -> name.contains(".environment.simulated."))
                        .forEach(name -> broken.add(type.name() + " uses " + name));
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void filesAndPackagesStaySmall() {
        var broken = new ArrayList<String>();
        for (Module module : House.modules()) {
            var filesPerFolder = new TreeMap<Path, Integer>();
            for (Path file : House.javaFiles(module.mainSources())) {
                checkLength(broken, file, FILE_LINES_MAX);
                filesPerFolder.merge(file.getParent(), 1, Integer::sum);
            }
            House.javaFiles(module.testSources())
                    .forEach(file -> checkLength(broken, file, TEST_FILE_LINES_MAX));
            filesPerFolder.forEach((folder, count) -> {
                // package-info.java is not one of the ideas
                if (count - 1 > PACKAGE_FILES_MAX) {
                    broken.add(shown(folder) + " holds " + (count - 1) + " files");
                }
            });
        }
        assertThat(exceptExcused(broken)).isEmpty();
    }

    @Test
    void methodsFitAScreen() {
        var broken = new ArrayList<String>();
        forEachMainClass((module, type) -> {
            for (MethodModel method : type.model().methods()) {
                int lines = linesOf(method);
                if (lines > METHOD_LINES_MAX && !method.methodName().equalsString("<clinit>")) {
                    broken.add(
                            "%s.%s has %d lines"
                                    .formatted(
                                            type.name(), method.methodName().stringValue(), lines));
                }
            }
        });
        assertThat(exceptExcused(broken)).isEmpty();
    }

    @Test
    void whatNeedsManyArgumentsTakesARecord() {
        var broken = new ArrayList<String>();
        forEachMainClass((module, type) -> {
            for (MethodModel method : type.model().methods()) {
                int count = parametersOf(type, method);
                if (count > PARAMETERS_MAX) {
                    broken.add(
                            "%s.%s takes %d parameters"
                                    .formatted(
                                            type.name(), method.methodName().stringValue(), count));
                }
            }
        });
        assertThat(exceptExcused(broken)).isEmpty();
    }

    @Test
    void namesSayWhatAThingIs() {
        var broken = new ArrayList<String>();
        for (Module module : House.modules()) {
            for (Path file : House.javaFiles(module.mainSources())) {
                String type = file.getFileName().toString().replace(".java", "");
                if (BANNED_NAME.matcher(type).matches()) {
                    broken.add(shown(file) + " has a name that says nothing");
                }
                if (BANNED_PACKAGES.contains(file.getParent().getFileName().toString())) {
                    broken.add(shown(file) + " lies in a package that says nothing");
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void testsUseRealPartsAndTheSimulatedEnvironment() {
        var broken = new ArrayList<String>();
        for (Module module : House.modules()) {
            for (Path file : House.javaFiles(module.testSources())) {
                String type = file.getFileName().toString().replace(".java", "");
                if (STAND_IN.matcher(type).matches()) {
                    broken.add(shown(file) + " stands in for a type of ours");
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPackageIntroducesItself() {
        var broken = new ArrayList<String>();
        for (Module module : House.modules()) {
            for (Path file : House.javaFiles(module.mainSources())) {
                Path introduction = file.resolveSibling("package-info.java");
                if (!Files.exists(introduction)) {
                    broken.add(shown(file.getParent()) + " has no package-info.java");
                } else if (!String.join("\n", House.lines(introduction)).contains("@NullMarked")) {
                    broken.add(shown(introduction) + " is not null-marked");
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyModuleIsInTheArchitecture() {
        String architecture =
                String.join("\n", House.lines(Checkout.root().resolve("ARCHITECTURE.md")));
        for (Module module : House.modules()) {
            assertThat(architecture).contains("`" + relative(module.folder()) + "`");
        }
    }

    private static void forEachMainClass(
            java.util.function.BiConsumer<Module, CompiledClass> check) {
        int seen = 0;
        for (Module module : House.modules()) {
            for (CompiledClass type : module.classes()) {
                check.accept(module, type);
                seen++;
            }
        }
        assertThat(seen).as("compiled classes found").isGreaterThan(100);
    }

    private static boolean mayUseKafka(Module module, String name) {
        return switch (module.name()) {
            case "protocol" -> true;
            // The command line is an ordinary client of the clusters it talks to.
            case "cli" -> !name.contains(".internal");
            default -> RING_A_MODULES.contains(module.name()) && RING_A.matcher(name).matches();
        };
    }

    /** The module that owns a type of ours, or null. */
    private static @org.jspecify.annotations.Nullable String moduleOf(String type) {
        if (!type.startsWith("io.tombolo.")) {
            return null;
        }
        String rest = type.substring("io.tombolo.".length());
        int dot = rest.indexOf('.');
        String module = dot < 0 ? rest : rest.substring(0, dot);
        return MAY_IMPORT.containsKey(module) ? module : null;
    }

    /** As they are written. The arguments of a record have a name already: its own. */
    private static int parametersOf(CompiledClass type, MethodModel method) {
        List<String> all =
                method.methodTypeSymbol().parameterList().stream()
                        .map(ClassDesc::descriptorString)
                        .toList();
        if (method.flags().has(AccessFlag.SYNTHETIC)) {
            return 0;
        }
        if (!method.methodName().equalsString("<init>")) {
            return all.size();
        }
        String parent = type.model().superclass().orElseThrow().asInternalName();
        boolean local = type.name().matches(".*\\$\\d.*");
        if (parent.equals("java/lang/Record") || parent.equals("java/lang/Enum") || local) {
            return 0;
        }
        int nested = type.name().lastIndexOf('$');
        boolean givenTheOuterOne =
                nested > 0
                        && !all.isEmpty()
                        && all.getFirst()
                                .equals(
                                        "L%s;"
                                                .formatted(
                                                        slashed(type.name().substring(0, nested))));
        return all.size() - (givenTheOuterOne ? 1 : 0);
    }

    private static String slashed(String name) {
        return name.replace('.', '/');
    }

    private static int linesOf(MethodModel method) {
        int first = Integer.MAX_VALUE;
        int last = 0;
        var code = method.code();
        if (code.isEmpty() || !(code.get() instanceof CodeAttribute attribute)) {
            return 0;
        }
        for (var table : attribute.findAttributes(Attributes.lineNumberTable())) {
            for (var line : table.lineNumbers()) {
                first = Math.min(first, line.lineNumber());
                last = Math.max(last, line.lineNumber());
            }
        }
        return last == 0 ? 0 : last - first + 1;
    }

    private static void checkLength(List<String> broken, Path file, int max) {
        int count = House.lines(file).size();
        if (count > max) {
            broken.add(shown(file) + " has " + count + " lines");
        }
    }

    /**
     * Findings less the known ones; a known one that no longer holds must leave the list: it only
     * shrinks.
     */
    private static List<String> exceptExcused(List<String> findings) {
        Path list = Checkout.root().resolve("docker/src/test/resources/house-exceptions.txt");
        var excused =
                Files.exists(list)
                        ? House.lines(list).stream().filter(line -> !line.isBlank()).toList()
                        : List.<String>of();
        return findings.stream().filter(finding -> !excused.contains(finding)).toList();
    }

    private static String shown(Path path) {
        return relative(path);
    }

    private static String relative(Path path) {
        return Checkout.root().relativize(path).toString();
    }
}
