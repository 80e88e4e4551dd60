package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.policy.model.ApprovalRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the one device, list, member or group that an operator names by its id or by its name. */
public final class Lookup {
    /** The form of an id; a name may also contain dots. */
    private static final Pattern MAY_BE_ID = Pattern.compile("[A-Za-z0-9_-]+");

    /** Number of last characters that identify an object whose id is not a hash. */
    public static final int SHORT_ID = ApprovalRequest.SHORT_ID;

    /** Number of first characters that identify a notice or a closed contact, whose ids are hashes. */
    public static final int SHORT_HASH = 10;

    /** The length of an id that is not a hash. */
    public static final int ID_LENGTH = 26;

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

    public static Lookup devices(ApiClient api) {
        return new Lookup(api, "devices", "device", true);
    }

    public static Lookup lists(ApiClient api) {
        return new Lookup(api, "network-access-lists", "network access list", false);
    }

    public static Lookup enrollmentKeys(ApiClient api) {
        return new Lookup(api, "enrollment-keys", "enrollment key", false);
    }

    public static Lookup members(ApiClient api) {
        return new Lookup(api, "members", "member", false);
    }

    public static Lookup userGroups(ApiClient api) {
        return new Lookup(api, "user-groups", "user group", false);
    }

    public static Lookup approvalGroups(ApiClient api) {
        return new Lookup(api, "approval-groups", "approval group", false);
    }

    /** The ids of members and user groups. */
    public static List<String> approvers(ApiClient api, List<String> idsOrNames) throws CommandFailure {
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

    /** Finds a request's id by its last characters or in full; a pending request takes precedence. */
    public static String request(ApiClient api, String typed) throws CommandFailure {
        refuseShorter(typed, SHORT_ID, "last", "request list");
        if (typed.length() >= ID_LENGTH) {
            return typed;
        }
        String end = typed.toLowerCase(Locale.ROOT);
        Lookup requests = new Lookup(api, "requests", "request", false);
        List<String> waiting = requests.ids(Map.of("state", "pending"), id -> id.endsWith(end));
        List<String> found = waiting.isEmpty() ? requests.ids(Map.of(), id -> id.endsWith(end)) : waiting;
        if (found.isEmpty()) {
            throw CommandFailure.refused("there is no request " + typed + "; 'request list' prints their ids");
        }
        return requests.only(typed, found);
    }

    /** Finds the id of a dead letter by its first characters. */
    public static String deadLetter(ApiClient api, String typed) throws CommandFailure {
        return new Lookup(api, "outbox/dead-letters", "dead letter", false).hash(typed, "outbox list");
    }

    /** Finds the id of a closed contact by its first characters. */
    public static String closedContact(ApiClient api, String typed) throws CommandFailure {
        return new Lookup(api, "closed-contacts", "closed contact", false).hash(typed, "outbox closed");
    }

    private String hash(String typed, String list) throws CommandFailure {
        refuseShorter(typed, SHORT_HASH, "first", list);
        if (typed.length() > ID_LENGTH) {
            return typed;
        }
        return only(typed, ids(Map.of(), id -> id.startsWith(typed)));
    }

    private static void refuseShorter(String typed, int least, String which, String list) throws CommandFailure {
        if (typed.length() < least) {
            throw CommandFailure.usage("'" + typed + "' is too short: type at least the " + which + " " + least
                    + " characters of the id, as '" + list + "' prints it");
        }
    }

    private List<String> ids(Map<String, String> query, Predicate<String> wanted) throws CommandFailure {
        return api.list("/" + collection, query, Integer.MAX_VALUE).items().stream()
                .map(item -> item.path("id").asText())
                .filter(wanted)
                .toList();
    }

    private String only(String typed, List<String> ids) throws CommandFailure {
        if (ids.isEmpty()) {
            throw CommandFailure.refused("there is no " + noun + " " + typed);
        }
        if (ids.size() > 1) {
            throw CommandFailure.refused(
                    typed + " may be any of " + ids.size() + " " + noun + "s; type more of: " + String.join(", ", ids));
        }
        return ids.get(0);
    }

    /** Gets the object. An id takes precedence over a name, and a live device over revoked ones. */
    public ApiAnswer one(String idOrName) throws CommandFailure {
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

    /** The ids of the named objects. */
    public List<String> ids(List<String> idsOrNames) throws CommandFailure {
        List<String> ids = new ArrayList<>();
        for (String idOrName : idsOrNames) {
            ids.add(one(idOrName).id());
        }
        return ids;
    }

    private List<JsonNode> named(String name) throws CommandFailure {
        // The server finds a device that is not revoked directly by name.
        List<JsonNode> named = hasSearch ? whole(Map.of("name", name), name) : whole(Map.of(), name);
        if (named.isEmpty() && hasSearch) {
            named = whole(Map.of("q", name), name);
        }
        List<JsonNode> live = named.stream()
                .filter(item -> !item.path("state").asText().equals("revoked"))
                .toList();
        return live.isEmpty() ? named : live;
    }

    private List<JsonNode> whole(Map<String, String> query, String name) throws CommandFailure {
        return api.list(ApiClient.path(collection), query, Integer.MAX_VALUE).items().stream()
                .filter(item -> item.path("name").asText().equals(name))
                .toList();
    }
}
