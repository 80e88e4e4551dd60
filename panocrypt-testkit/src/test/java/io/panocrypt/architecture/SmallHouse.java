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

/** Compiles a few classes in the real packages for a test, without putting them on the class path of other tests. */
final class SmallHouse {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    // Shared by all compilations: most of the time of a small one is opening the JDK's classes.
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

    /** A class with its full name and members; stubs of library types have the same form. */
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

    /** Compiles into the given empty folder and imports the project's classes. */
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
