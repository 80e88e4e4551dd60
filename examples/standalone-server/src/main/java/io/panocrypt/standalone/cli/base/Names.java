package io.panocrypt.standalone.cli.base;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Maps ids to names for human readers. */
public final class Names {
    private final ApiClient api;
    private final List<String> collections;
    private final Map<String, String> names = new HashMap<>();

    /** Looks names up in these collections. */
    public Names(ApiClient api, String... collections) {
        this.api = api;
        this.collections = List.of(collections);
    }

    public void know(ApiAnswer object) throws CommandFailure {
        names.put(object.id(), cell(object.json().path("name")));
    }

    /** Adds a name, unless the id already has one. */
    public void know(String id, String name) {
        names.putIfAbsent(id, name);
    }

    /**
     * Asks the server for the names of one id or a list of ids, each id once. This takes fewer requests than reading
     * all pages.
     */
    public void learn(JsonNode ids) throws CommandFailure {
        if (ids.isArray()) {
            for (JsonNode id : ids) {
                learn(id);
            }
            return;
        }
        learn(cell(ids));
    }

    public void learn(String id) throws CommandFailure {
        if (!id.isEmpty() && !names.containsKey(id)) {
            Optional<ApiAnswer> found = Optional.empty();
            for (String collection : collections) {
                found = found.isPresent() ? found : api.find(ApiClient.path(collection, id));
            }
            names.put(id, found.map(object -> cell(object.json().path("name"))).orElse(id));
        }
    }

    /** The name of an id, or the comma-separated names of a list of ids; an id without a known name stays. */
    public String of(JsonNode ids) {
        if (ids.isArray()) {
            return StreamSupport.stream(ids.spliterator(), false).map(this::of).collect(Collectors.joining(","));
        }
        return of(cell(ids));
    }

    public String of(String id) {
        return names.getOrDefault(id, id);
    }
}
