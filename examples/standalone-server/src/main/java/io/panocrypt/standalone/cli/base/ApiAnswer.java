package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The server's answer to an accepted request.
 *
 * @param body the unchanged text, empty for a 204
 * @param json the parsed body; a missing node for a 204
 */
public record ApiAnswer(String body, JsonNode json) {
    /** The member that every object of the interface has. */
    static final String ID = "id";

    /** The object's identifier. */
    public String id() throws CommandFailure {
        return text(ID);
    }

    /** A required member of the answer; without it the answer is not from a Panocrypt server. */
    public String text(String member) throws CommandFailure {
        JsonNode value = json.path(member);
        if (!value.isValueNode() || value.isNull()) {
            throw CommandFailure.unreachable(
                    "the answer has no " + member + "; is the URL that of a Panocrypt server?");
        }
        return value.asText();
    }

    /** The elements of a list's answer. */
    public List<JsonNode> items() {
        List<JsonNode> items = new ArrayList<>();
        json.path("items").forEach(items::add);
        return items;
    }
}
