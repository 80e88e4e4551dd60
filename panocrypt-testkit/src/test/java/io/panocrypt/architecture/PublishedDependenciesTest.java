package io.panocrypt.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * docs/dependencies.txt lists what each published jar brings along. Maven writes the trees ({@code dependency:tree}, scopes
 * compile and runtime) when it builds a module, so a tree is as old as the latest build of its module.
 */
class PublishedDependenciesTest {
    private static final Path ROOT = Path.of(System.getProperty("panocrypt.root"));
    private static final Path LIST = ROOT.resolve("docs").resolve("dependencies.txt");
    private static final String REWRITE = "panocrypt.rewriteDependencies";

    private static final String HEADER = """
            What comes with each published jar, as mvn dependency:tree shows it (scopes compile and runtime).
            PublishedDependenciesTest in the testkit compares it with the build.
            """;

    private static String trees(Path root, List<String> modules) throws IOException {
        StringBuilder all = new StringBuilder(HEADER);
        for (String module : modules) {
            all.append('\n');
            for (String line : Files.readAllLines(root.resolve(module).resolve("target/dependency-tree.txt"))) {
                // Our own version is that of the build.
                all.append(line.replaceFirst("(io\\.panocrypt:[^:]*:jar):[^:]*", "$1")
                                .stripTrailing())
                        .append('\n');
            }
        }
        return all.toString();
    }

    @Test
    void nothingElseComesAlong() throws IOException {
        String built = trees(ROOT, ApiDocument.MODULES);
        if (System.getProperty(REWRITE) != null) {
            Files.writeString(LIST, built);
        }
        assertEquals(
                Files.readString(LIST),
                built,
                "users of the libraries get other dependencies than docs/dependencies.txt says; if that is wanted, rewrite"
                        + " it by: mvn -pl panocrypt-testkit -am test -Dtest=PublishedDependenciesTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -D" + REWRITE);
    }
}
