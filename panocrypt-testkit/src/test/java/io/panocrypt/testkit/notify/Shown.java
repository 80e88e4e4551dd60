package io.panocrypt.testkit.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Extracts what a JSON message shows to its reader. */
final class Shown {
    private Shown() {}

    static JsonNode json(byte[] body) {
        try {
            return new ObjectMapper().readTree(body);
        } catch (IOException e) {
            throw new AssertionError("the message is not JSON", e);
        }
    }

    /** All values, one per line. */
    static String values(JsonNode message) {
        List<String> values = new ArrayList<>();
        collect(message, values);
        return String.join("\n", values);
    }

    private static void collect(JsonNode node, List<String> values) {
        if (node.isValueNode()) {
            values.add(node.asText());
        }
        node.forEach(child -> collect(child, values));
    }
}
