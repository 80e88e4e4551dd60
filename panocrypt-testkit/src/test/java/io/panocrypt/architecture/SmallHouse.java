package io.panocrypt.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A handful of classes compiled on the spot: lawful or unlawful code in the real package names, without a trace of it
 * on the class path of the other tests.
 */
final class SmallHouse {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    // Kept open for all houses: most of a small compilation is the opening of the JDK's own classes.
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

    /** A class given by its full name and its members; types of libraries are stubs, given the same way. */
    record Code(String name, String members) {
        String source() {
            int dot = name.lastIndexOf('.');
            return "package " + name.substring(0, dot) + "; public class " + name.substring(dot + 1) + " { " + members
                    + " }";
        }

        Path file(Path root) {
            return root.resolve(name.replace('.', '/') + ".java");
        }
    }

    private SmallHouse() {}

    /** Compiles into the given empty folder and imports what belongs to the project. */
    static JavaClasses build(Path folder, List<Code> codes) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Code code : codes) {
            Path source = code.file(folder.resolve("sources"));
            Files.createDirectories(source.getParent());
            sources.add(Files.writeString(source, code.source()));
        }
        Path classes = Files.createDirectories(folder.resolve("classes"));
        compile(sources, classes);
        return new ClassFileImporter().importPath(classes.resolve("io"));
    }

    private static void compile(List<Path> sources, Path classes) {
        StringWriter complaints = new StringWriter();
        List<String> options = List.of("-proc:none", "-classpath", "", "-d", classes.toString());
        boolean compiled = COMPILER.getTask(
                        complaints, FILES, null, options, null, FILES.getJavaFileObjectsFromPaths(sources))
                .call();
        if (!compiled) {
            throw new IllegalArgumentException(complaints.toString());
        }
    }
}
