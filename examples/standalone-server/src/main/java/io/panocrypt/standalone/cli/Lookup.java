package io.panocrypt.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the one device, list, member or group that an operator names by its id or by its name. */
final class Lookup {
    /** What may stand in a path unencoded; a name may have dots, an id never has. */
    private static final Pattern MAY_BE_ID = Pattern.compile("[A-Za-z0-9_-]+");

    private final ApiClient api;
    private final String collection;
    private final String noun;
    private final boolean hasSearch;

    private Lookup(ApiClient api, String collection, String noun, boolean hasSearch) {
        this.api = api;
        this.collection = collection;
        this.noun = noun;
        this.hasSearch = hasSearch;
    }

    static Lookup devices(ApiClient api) {
        return new Lookup(api, "devices", "device", true);
    }

    static Lookup lists(ApiClient api) {
        return new Lookup(api, "network-access-lists", "network access list", false);
    }

    static Lookup enrollmentKeys(ApiClient api) {
        return new Lookup(api, "enrollment-keys", "enrollment key", false);
    }

    static Lookup members(ApiClient api) {
        return new Lookup(api, "members", "member", false);
    }

    static Lookup userGroups(ApiClient api) {
        return new Lookup(api, "user-groups", "user group", false);
    }

    static Lookup approvalGroups(ApiClient api) {
        return new Lookup(api, "approval-groups", "approval group", false);
    }

    /** The identifiers of those members and user groups. */
    static List<String> approvers(ApiClient api, List<String> idsOrNames) throws CommandFailure {
        List<String> ids = new ArrayList<>();
        for (String idOrName : idsOrNames) {
            Optional<ApiAnswer> member = members(api).find(idOrName);
            Optional<ApiAnswer> group = userGroups(api).find(idOrName);
            if (member.isPresent() && group.isPresent()) {
                throw CommandFailure.refused("a member and a user group have the name " + idOrName
                        + "; name one by its id: " + member.get().id() + ", "
                        + group.get().id());
            }
            ids.add(member.or(() -> group)
                    .orElseThrow(() -> CommandFailure.refused("there is no member and no user group " + idOrName))
                    .id());
        }
        return ids;
    }

    /** The server's answer for that object; an id wins over a name, and a live device over revoked ones. */
    ApiAnswer one(String idOrName) throws CommandFailure {
        Optional<ApiAnswer> found = find(idOrName);
        return found.orElseThrow(() -> CommandFailure.refused("there is no " + noun + " " + idOrName));
    }

    private Optional<ApiAnswer> find(String idOrName) throws CommandFailure {
        if (MAY_BE_ID.matcher(idOrName).matches()) {
            var byId = api.find(ApiClient.path(collection, idOrName));
            if (byId.isPresent()) {
                return byId;
            }
        }
        List<JsonNode> named = named(idOrName);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        if (named.size() > 1) {
            throw CommandFailure.refused(named.size() + " " + noun + "s have the name " + idOrName
                    + "; name one by its id: "
                    + named.stream().map(item -> item.path("id").asText()).collect(Collectors.joining(", ")));
        }
        return Optional.of(
                api.get(ApiClient.path(collection, named.get(0).path("id").asText())));
    }

    /** The identifiers of those objects. */
    List<String> ids(List<String> idsOrNames) throws CommandFailure {
        List<String> ids = new ArrayList<>();
        for (String idOrName : idsOrNames) {
            ids.add(one(idOrName).id());
        }
        return ids;
    }

    private List<JsonNode> named(String name) throws CommandFailure {
        Map<String, String> query = hasSearch ? Map.of("q", name) : Map.of();
        List<JsonNode> named = api.list(ApiClient.path(collection), query, Integer.MAX_VALUE).items().stream()
                .filter(item -> item.path("name").asText().equals(name))
                .toList();
        List<JsonNode> live = named.stream()
                .filter(item -> !item.path("state").asText().equals("REVOKED"))
                .toList();
        return live.isEmpty() ? named : live;
    }
}
