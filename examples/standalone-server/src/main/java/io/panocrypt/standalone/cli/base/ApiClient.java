package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A client of one server's REST interface for one operator. Not thread-safe.
 *
 * <p>Any server may answer anything with 200. So an accepted answer counts only if it is an object with an id, has the
 * named member, is a list, is an export, or is 204 where nothing is to be told.
 */
public final class ApiClient {
    /** The JSON member that lists unreadable objects. */
    public static final String UNREADABLE = "unreadable";

    /** The JSON member of a search that says how many objects were looked at; missing if all of them are listed. */
    static final String EXAMINED = "examined";

    /** Long, because the server reads its whole history to answer a verify. Applies to each part of a download. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(5);
    /** The maximum number of items per page. */
    private static final int PAGE = 500;

    /** Size of the copy buffer for long answers, in bytes. */
    private static final int COPIED = 8192;

    /** How the first line of an export begins, whatever its version. */
    private static final String EXPORT = "{\"format\":\"panocrypt-history-";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String address;
    private final String token;
    private final HttpCalls http;

    /** @param tls the trusted certificates for an https server; empty for Java's own */
    public ApiClient(String address, String token, Optional<SSLContext> tls) {
        this(address, token, tls, ANSWER_TIMEOUT);
    }

    /** @param timeout the limit for a whole answer, or for each part of a download */
    ApiClient(String address, String token, Optional<SSLContext> tls, Duration timeout) {
        this.address = address;
        this.token = token;
        this.http = new HttpCalls(ServerOptions.URL, address, tls, timeout);
    }

    /** A path below the API's root with encoded segments. */
    public static String path(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(encode(segment));
        }
        return path.toString();
    }

    /** An empty request body. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A list of texts for a request body. */
    public static ArrayNode array(List<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    /** Gets an object. */
    public ApiAnswer get(String path) throws CommandFailure {
        return get(path, ApiAnswer.ID);
    }

    /** Gets an answer that has this member. */
    public ApiAnswer get(String path, String member) throws CommandFailure {
        return having(member, send("GET", path, null, null));
    }

    /** Gets an object; empty for 404. */
    public Optional<ApiAnswer> find(String path) throws CommandFailure {
        HttpResponse<String> response = send("GET", path, null, null);
        if (response.statusCode() == 404 && isProblem(parse(response.body()))) {
            return Optional.empty();
        }
        return Optional.of(having(ApiAnswer.ID, response));
    }

    /** Makes or changes an object, and gets it. */
    public ApiAnswer post(String path, JsonNode body) throws CommandFailure {
        return post(path, body, ApiAnswer.ID);
    }

    /** Posts, and gets an answer that has this member. */
    public ApiAnswer post(String path, JsonNode body, String member) throws CommandFailure {
        return having(member, send("POST", path, body, null));
    }

    /** Changes the object by an act of its own if it still has this version. */
    public ApiAnswer post(String path, String version, JsonNode body) throws CommandFailure {
        return having(ApiAnswer.ID, send("POST", path, body, version));
    }

    /** Posts what is answered by 204. */
    public ApiAnswer act(String path, JsonNode body) throws CommandFailure {
        return done(send("POST", path, body, null));
    }

    /** Changes the object if it still has this version. */
    public ApiAnswer patch(String path, String version, JsonNode body) throws CommandFailure {
        return having(ApiAnswer.ID, send("PATCH", path, body, version));
    }

    public ApiAnswer delete(String path) throws CommandFailure {
        return done(send("DELETE", path, null, null));
    }

    public ApiAnswer delete(String path, JsonNode body) throws CommandFailure {
        return done(send("DELETE", path, body, null));
    }

    /** Gets a list that has no pages. */
    public ApiAnswer items(String path) throws CommandFailure {
        ApiAnswer answer = accepted(send("GET", path, null, null));
        if (!answer.json().path("items").isArray()) {
            throw notPanocrypt("something that is not a list");
        }
        return answer;
    }

    /**
     * Reads the pages of a list until its end, or up to {@code most} items.
     *
     * @return a single page unchanged, or several merged into one
     */
    public ApiAnswer list(String path, Map<String, String> query, int most) throws CommandFailure {
        return read(path, query, most, false);
    }

    /** The same, but also ends where the server has stopped a search at its budget: the page is then not full. */
    public ApiAnswer search(String path, Map<String, String> query, int most) throws CommandFailure {
        return read(path, query, most, true);
    }

    private ApiAnswer read(String path, Map<String, String> query, int most, boolean endsWithBudget)
            throws CommandFailure {
        Map<String, String> parameters = new LinkedHashMap<>(query);
        int asked = Math.min(PAGE, most);
        parameters.put("limit", Integer.toString(asked));
        ApiAnswer first = page(path, parameters);
        List<JsonNode> items = first.items();
        ArrayNode unreadable = JsonNodeFactory.instance.arrayNode();
        first.json().path(UNREADABLE).forEach(unreadable::add);
        Optional<String> cursor = nextCursor(first);
        boolean isStopped = endsWithBudget && isStopped(first, asked);
        if (cursor.isEmpty() || items.size() >= most || isStopped) {
            return first;
        }
        int examined = examined(first);
        while (cursor.isPresent() && items.size() < most && !isStopped) {
            asked = Math.min(PAGE, most - items.size());
            parameters.put("cursor", cursor.get());
            parameters.put("limit", Integer.toString(asked));
            ApiAnswer next = page(path, parameters);
            examined += examined(next);
            isStopped = endsWithBudget && isStopped(next, asked);
            items.addAll(next.items());
            next.json().path(UNREADABLE).forEach(unreadable::add);
            if (cursor.equals(nextCursor(next))) {
                throw notPanocrypt("a list that never ends");
            }
            cursor = nextCursor(next);
        }
        ObjectNode whole = object();
        whole.set("items", JsonNodeFactory.instance.arrayNode().addAll(items));
        if (!unreadable.isEmpty()) {
            whole.set(UNREADABLE, unreadable);
        }
        if (examined > items.size() + unreadable.size()) {
            whole.put(EXAMINED, examined);
        }
        whole.put("nextCursor", cursor.orElse(null));
        return new ApiAnswer(whole.toString(), whole);
    }

    private static int listed(ApiAnswer page) {
        return page.items().size() + page.json().path(UNREADABLE).size();
    }

    private static int examined(ApiAnswer page) {
        return page.json().path(EXAMINED).asInt(listed(page));
    }

    private static boolean isStopped(ApiAnswer page, int asked) {
        return page.json().has(EXAMINED) && listed(page) < asked;
    }

    private ApiAnswer page(String path, Map<String, String> parameters) throws CommandFailure {
        return items(path + query(parameters));
    }

    private static String query(Map<String, String> parameters) {
        List<String> pairs = new ArrayList<>();
        parameters.forEach((name, value) -> pairs.add(name + "=" + encode(value)));
        return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
    }

    private static Optional<String> nextCursor(ApiAnswer page) {
        return Optional.ofNullable(page.json().path("nextCursor").textValue());
    }

    /**
     * Copies an export of any length, in ASCII.
     *
     * @param out gets nothing if the server refuses, or answers something else
     */
    public void download(String path, Map<String, String> parameters, PrintWriter out) throws CommandFailure {
        HttpResponse<InputStream> response =
                send("GET", path + query(parameters), null, null, BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() >= 400) {
                throw refusal(
                        response.statusCode(),
                        parse(new String(http.read(body::readAllBytes), StandardCharsets.UTF_8)));
            }
            byte[] some = http.read(() -> body.readNBytes(COPIED));
            if (response.statusCode() != 200 || !new String(some, StandardCharsets.US_ASCII).startsWith(EXPORT)) {
                throw notPanocrypt("something that is not an export");
            }
            while (some.length > 0) {
                out.write(TextTable.plainJson(new String(some, StandardCharsets.US_ASCII)));
                some = http.read(() -> body.readNBytes(COPIED));
            }
        } catch (IOException e) {
            throw CommandFailure.unreachable(address + " broke off: what was printed is not the whole");
        }
        if (out.checkError()) {
            throw CommandFailure.refused("the output cannot be written");
        }
    }

    private HttpResponse<String> send(String method, String path, @Nullable JsonNode body, @Nullable String version)
            throws CommandFailure {
        return send(method, path, body, version, BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private <T> HttpResponse<T> send(
            String method,
            String path,
            @Nullable JsonNode body,
            @Nullable String version,
            HttpResponse.BodyHandler<T> handler)
            throws CommandFailure {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + "/api/v1" + path))
                .header("Authorization", "Bearer " + token)
                .header("Accept", "application/json, application/problem+json");
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body.toString()));
        }
        if (version != null) {
            request.header("If-Match", '"' + version + '"');
        }
        return http.send(request.build(), handler);
    }

    private ApiAnswer accepted(HttpResponse<String> response) throws CommandFailure {
        int status = response.statusCode();
        Optional<JsonNode> json = parse(response.body());
        if (status >= 400) {
            throw refusal(status, json);
        }
        if (status < 200 || status >= 300) {
            throw notPanocrypt("HTTP " + status);
        }
        return new ApiAnswer(response.body(), json.orElseThrow(() -> notPanocrypt("something that is not JSON")));
    }

    private ApiAnswer having(String member, HttpResponse<String> response) throws CommandFailure {
        ApiAnswer answer = accepted(response);
        answer.text(member);
        return answer;
    }

    private ApiAnswer done(HttpResponse<String> response) throws CommandFailure {
        ApiAnswer answer = accepted(response);
        if (response.statusCode() != 204) {
            throw notPanocrypt("HTTP " + response.statusCode() + " and not 204");
        }
        return answer;
    }

    private static Optional<JsonNode> parse(String body) {
        if (body.isEmpty()) {
            return Optional.of(MissingNode.getInstance());
        }
        try {
            return Optional.of(MAPPER.readTree(body));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Only the REST interface lists problems: neither the port for devices nor another program refuses in its name. */
    private CommandFailure refusal(int status, Optional<JsonNode> body) {
        if (isProblem(body)) {
            return CommandFailure.refused(status, body.orElseThrow());
        }
        if (status == 503 && isSealed(body)) {
            return CommandFailure.unreachable(address + " is sealed; type its shares: panocrypt unseal");
        }
        return notPanocrypt("HTTP " + status);
    }

    private static boolean isSealed(Optional<JsonNode> body) {
        return body.filter(json -> json.path("detail").asText().startsWith("sealed:"))
                .isPresent();
    }

    private static boolean isProblem(Optional<JsonNode> body) {
        return body.map(json -> json.path("problems").isArray()).orElse(false);
    }

    private CommandFailure notPanocrypt(String what) {
        return CommandFailure.unreachable("cannot reach a Panocrypt server: " + address + " answered " + what
                + "; is the URL right, and its port that for operators?");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
