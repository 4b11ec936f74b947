package io.tombolo.house;

import io.tombolo.nodes.Checkout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tree as it lies on disk: modules, source files and compiled classes. */
final class House {

    private static final Pattern TYPE_IN_DESCRIPTOR = Pattern.compile("L([\\w/$]+);");

    private House() {}

    /** Every module that has code, main or test. */
    static List<Module> modules() {
        var modules = new ArrayList<Module>();
        for (String parent : List.of("", "cluster")) {
            for (Path folder : entries(Checkout.root().resolve(parent))) {
                if (Files.exists(folder.resolve("pom.xml"))
                        && Files.exists(folder.resolve("src"))) {
                    modules.add(new Module(folder.getFileName().toString(), folder));
                }
            }
        }
        return modules;
    }

    /** Every Java file below a folder. */
    static List<Path> javaFiles(Path folder) {
        return filesBelow(folder, ".java");
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<Path> filesBelow(Path folder, String ending) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** One Maven module. */
    record Module(String name, Path folder) {

        Path mainSources() {
            return folder.resolve("src/main/java");
        }

        Path testSources() {
            return folder.resolve("src/test/java");
        }

        /** Whether every file of its sources has been compiled. */
        boolean isCompiled() {
            return isCompiled(mainSources(), "target/classes")
                    && isCompiled(testSources(), "target/test-classes");
        }

        private boolean isCompiled(Path sources, String output) {
            return javaFiles(sources).stream()
                    .map(file -> sources.relativize(file).toString())
                    .filter(name -> !name.endsWith("package-info.java"))
                    .map(name -> folder.resolve(output).resolve(name.replace(".java", ".class")))
                    .allMatch(Files::exists);
        }

        List<CompiledClass> classes() {
            return compiled("target/classes");
        }

        List<CompiledClass> testClasses() {
            return compiled("target/test-classes");
        }

        private List<CompiledClass> compiled(String output) {
            return filesBelow(folder.resolve(output), ".class").stream()
                    .map(CompiledClass::read)
                    .toList();
        }
    }

    /** One compiled class and what its constant pool names. */
    record CompiledClass(String name, ClassModel model) {

        static CompiledClass read(Path file) {
            try {
                var model = ClassFile.of().parse(Files.readAllBytes(file));
                return new CompiledClass(
                        model.thisClass().asInternalName().replace('/', '.'), model);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        String packageName() {
            int dot = name.lastIndexOf('.');
            return dot < 0 ? "" : name.substring(0, dot);
        }

        /** Names of all types this class refers to, dotted. */
        Set<String> references() {
            var names = new TreeSet<String>();
            for (PoolEntry entry : model.constantPool()) {
                switch (entry) {
                    case ClassEntry type -> addTypes(names, type.asInternalName());
                    case Utf8Entry text when text.stringValue().indexOf(';') > 0 ->
                            addTypes(names, text.stringValue());
                    default -> {}
                }
            }
            return names;
        }

        /** Every method or field used, as {@code owner.name}. */
        Set<String> memberReferences() {
            var names = new TreeSet<String>();
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof MemberRefEntry member) {
                    names.add(
                            member.owner().asInternalName().replace('/', '.')
                                    + "."
                                    + member.name().stringValue());
                }
            }
            return names;
        }

        /** The types that its public methods and fields speak of, dotted. */
        Set<String> publicSignatures() {
            var names = new TreeSet<String>();
            for (MethodModel method : model.methods()) {
                if (method.flags().has(AccessFlag.PUBLIC)) {
                    addTypes(names, method.methodType().stringValue());
                    method.findAttribute(Attributes.signature())
                            .ifPresent(
                                    generic -> addTypes(names, generic.signature().stringValue()));
                }
            }
            for (FieldModel field : model.fields()) {
                if (field.flags().has(AccessFlag.PUBLIC)) {
                    addTypes(names, field.fieldType().stringValue() + ";");
                    field.findAttribute(Attributes.signature())
                            .ifPresent(
                                    generic -> addTypes(names, generic.signature().stringValue()));
                }
            }
            return names;
        }

        private static void addTypes(Set<String> names, String text) {
            if (text.indexOf(';') < 0) {
                names.add(text.replace('/', '.'));
                return;
            }
            var matcher = TYPE_IN_DESCRIPTOR.matcher(text);
            while (matcher.find()) {
                names.add(matcher.group(1).replace('/', '.'));
            }
        }
    }
}
