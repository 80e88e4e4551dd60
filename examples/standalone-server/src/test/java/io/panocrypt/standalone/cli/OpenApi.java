package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.servlet.ApiServlet;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The OpenAPI description of the REST interface; the servlet's tests compare it with the routes. */
final class OpenApi {
    private static final Set<String> METHODS = Set.of("get", "post", "patch", "put", "delete");

    private final JsonNode document;

    OpenApi() throws IOException {
        try (InputStream text = ApiServlet.class.getResourceAsStream("openapi.json")) {
            document = new ObjectMapper().readTree(text);
        }
    }

    JsonNode document() {
        return document;
    }

    /** The methods and paths, such as {@code GET /devices/{id}}. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return operations;
    }

    /** Checks path and parameters: a stub accepts anything, but the server refuses unknown ones. */
    void assertKnows(String line) {
        String[] target = line.split("\\?", 2);
        List<Set<String>> known = operations().stream()
                .filter(operation -> target[0].matches(operation.replaceAll("\\{\\w+\\}", "[^/]+")))
                .map(this::parameters)
                .toList();
        assertEquals(1, known.size(), "no route, or several, for " + line);
        Set<String> unknown = Arrays.stream(target.length == 1 ? new String[0] : target[1].split("&"))
                .map(pair -> pair.replaceFirst("=.*", ""))
                .filter(name -> !known.get(0).contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), unknown, "parameters that the route of " + line + " does not know");
    }

    private Set<String> parameters(String operation) {
        String[] parts = operation.split(" ");
        return StreamSupport.stream(
                        document.path("paths")
                                .path(parts[1])
                                .path(parts[0].toLowerCase(Locale.ROOT))
                                .path("parameters")
                                .spliterator(),
                        false)
                .map(reference -> document.at(reference.path("$ref").asText().substring(1)))
                .filter(parameter -> parameter.path("in").asText().equals("query"))
                .map(parameter -> parameter.path("name").asText())
                .collect(Collectors.toSet());
    }
}
