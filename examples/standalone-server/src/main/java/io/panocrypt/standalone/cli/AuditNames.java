package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.Names;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Names of actors and objects in the audit: from the audit's entries if possible, else from the server. */
final class AuditNames {
    private static final Map<String, String> COLLECTIONS = Map.of(
            "device", "devices",
            "member", "members",
            "user-group", "user-groups",
            "approval-group", "approval-groups",
            "network-access-list", "network-access-lists",
            "enrollment-key", "enrollment-keys");
    private static final String KEY = "enrollment-key/";
    /** The JSON members shown for an object without a name. */
    private static final List<String> OTHER = List.of("url", "reason");

    private final Map<String, Names> names = new HashMap<>();

    /** @param rows newest first: the latest name wins, and a deleted object keeps its last name */
    AuditNames(ApiClient api, List<JsonNode> rows) throws CommandFailure {
        COLLECTIONS.forEach((kind, collection) -> names.put(kind, new Names(api, collection)));
        for (JsonNode row : rows) {
            if (isNamed(row)) {
                recorded(row, "name").ifPresent(name -> of(row).know(cell(row.path("objectId")), name));
            }
        }
        for (JsonNode row : rows) {
            String actor = cell(row.path("actor"));
            if (actor.startsWith(KEY)) {
                named("enrollment-key").learn(actor.substring(KEY.length()));
            } else if (isId(actor)) {
                named("member").learn(actor);
            }
            if (isNamed(row)) {
                of(row).learn(row.path("objectId"));
            }
            named("device").learn(device(row));
        }
    }

    String actor(JsonNode row) {
        String actor = cell(row.path("actor"));
        return actor.startsWith(KEY)
                ? "key " + named("enrollment-key").of(actor.substring(KEY.length()))
                : named("member").of(actor);
    }

    String object(JsonNode row) {
        String id = cell(row.path("objectId"));
        if (isNamed(row)) {
            return recorded(row, "name").orElseGet(() -> of(row).of(id));
        }
        String device = device(row);
        if (!device.isEmpty()) {
            return named("device").of(device) + " " + id.substring(Math.max(0, id.length() - Lookup.SHORT_ID));
        }
        return OTHER.stream()
                .flatMap(member -> recorded(row, member).stream())
                .findFirst()
                .orElse(id);
    }

    private static boolean isNamed(JsonNode row) {
        return COLLECTIONS.containsKey(cell(row.path("kind")));
    }

    private Names of(JsonNode row) {
        return named(cell(row.path("kind")));
    }

    private Names named(String kind) {
        return Objects.requireNonNull(names.get(kind));
    }

    /** Whether the actor is a member; others are words such as {@code host}. */
    private static boolean isId(String actor) {
        return actor.length() == Lookup.ID_LENGTH;
    }

    /** The device of an object without a name, such as a request. */
    private static String device(JsonNode row) {
        return isNamed(row) ? "" : recorded(row, "deviceId").orElse("");
    }

    private static Optional<String> recorded(JsonNode row, String member) {
        return List.of(row.path("after"), row.path("before")).stream()
                // One act may concern several requests of a device; then the state is a list.
                .map(state -> cell((state.isArray() ? state.path(0) : state).path(member)))
                .filter(text -> !text.isEmpty())
                .findFirst();
    }
}
