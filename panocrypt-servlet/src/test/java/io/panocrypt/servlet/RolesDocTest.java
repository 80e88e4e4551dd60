package io.panocrypt.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.servlet.internal.api.ApiRoute;
import io.panocrypt.servlet.internal.api.ApiRoutes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of docs/roles.md lists each call of the REST interface with the role that it needs. */
class RolesDocTest {
    private static final Path PAGE = Path.of("../docs/roles.md");

    @TempDir
    private Path directory;

    @Test
    void theTableIsWhatTheRoutesSay() throws Exception {
        List<String> expected = new ArrayList<>();
        ApiServer server = new ApiServer(directory);
        try {
            ApiRoutes.of(server.panocrypt()).stream()
                    .sorted(Comparator.comparing(ApiRoute::minimum)
                            .thenComparing(ApiRoute::template)
                            .thenComparing(ApiRoute::method))
                    .map(RolesDocTest::line)
                    .forEach(expected::add);
        } finally {
            server.stop();
        }
        List<String> written = Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| `[A-Z]+ /.*"))
                .toList();

        assertTrue(expected.size() > 50, "the routes are there");
        assertEquals(String.join("\n", expected), String.join("\n", written));
    }

    /** Each act of service accounts has a line of its own, in the order of the code. */
    @Test
    void theActsAreThoseOfTheCode() throws Exception {
        List<String> written = Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| `[a-z-]+` \\|.*"))
                .map(line -> line.split("`")[1])
                .toList();
        assertEquals(Stream.of(Scope.Act.values()).map(Scope.Act::wireName).toList(), written);
    }

    private static String line(ApiRoute route) {
        String oneself = route.oneself() == null
                ? ""
                : route.oneself() == Role.SERVICE ? ", and every member for oneself" : ", and every person for oneself";
        Scope.Act act = route.act();
        String service = act == null ? "" : ", or a service account with `" + act.wireName() + "`";
        return "| `" + route.method() + " " + route.template() + "` | " + name(route.minimum()) + oneself + service
                + " |";
    }

    private static String name(Role role) {
        return role.wireName();
    }
}
