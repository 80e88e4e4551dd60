package io.panocrypt.architecture;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExportsTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Generates the expected docs/api.md from the sources. */
final class ApiDocument {
    static final List<String> MODULES = List.of(
            "panocrypt-crypto", "panocrypt-policy", "panocrypt-servlet", "panocrypt-console", "panocrypt-testkit");

    private static final String INTRODUCTION = """
            # API

            The public types of every exported package, each with the first sentence of its Javadoc. Start at
            `io.panocrypt.policy.Panocrypt`. Types inside of others, such as `Panocrypt.Builder`, are in the Javadoc of these. All
            other packages are internal.

            `ApiDocumentTest` in the testkit makes this page from the sources, and fails where it is another.
            """;

    private ApiDocument() {}

    static String of(Path root, List<String> modules) throws IOException {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (String module : modules) {
            Path sources = root.resolve(module).resolve("src/main/java");
            for (String exported : exports(sources)) {
                page.append("\n## ").append(exported).append("\n\n| type | what it is |\n| --- | --- |\n");
                types(sources.resolve(exported.replace('.', '/'))).forEach(page::append);
            }
        }
        return page.toString();
    }

    private static List<String> exports(Path sources) throws IOException {
        return parse(
                List.of(sources.resolve("module-info.java")),
                (trees, unit) -> unit.getModule().getDirectives().stream()
                        .filter(ExportsTree.class::isInstance)
                        .map(ExportsTree.class::cast)
                        .filter(exports -> exports.getModuleNames() == null)
                        .map(exports -> exports.getPackageName().toString()));
    }

    private static List<String> types(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
            return parse(
                    sources,
                    (trees, unit) -> unit.getTypeDecls().stream()
                            .filter(ClassTree.class::isInstance)
                            .map(ClassTree.class::cast)
                            .filter(type -> type.getModifiers().getFlags().contains(Modifier.PUBLIC))
                            .map(type -> "| `" + type.getSimpleName() + "` | "
                                    + sentence(trees.getDocCommentTree(TreePath.getPath(unit, (Tree) type))) + " |\n"));
        }
    }

    private interface Reader {
        Stream<String> read(DocTrees trees, CompilationUnitTree unit);
    }

    private static List<String> parse(List<Path> files, Reader reader) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            DocTrees trees = DocTrees.instance(task);
            List<String> found = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                reader.read(trees, unit).forEach(found::add);
            }
            return found;
        }
    }

    private static String sentence(DocCommentTree comment) {
        return comment.getFirstSentence().stream()
                .map(ApiDocument::markdown)
                .collect(Collectors.joining())
                .replaceAll("\\s+", " ")
                .replace("|", "\\|")
                .strip();
    }

    private static String markdown(DocTree part) {
        if (part instanceof LiteralTree literal) {
            return "`" + literal.getBody() + "`";
        }
        if (part instanceof LinkTree link) {
            String label = link.getLabel().stream().map(DocTree::toString).collect(Collectors.joining());
            String target = link.getReference().getSignature().replaceFirst("^(\\w+\\.)+(?=[A-Z])", "");
            return label.isEmpty() ? "`" + target.replaceFirst("^#", "").replace('#', '.') + "`" : label;
        }
        return part.toString();
    }
}
