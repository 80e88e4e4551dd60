package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One line of the route table.
 *
 * @param method such as {@code GET}
 * @param template the path behind the mount point, with variables such as {@code {id}}
 * @param path matches the raw path; one group for each variable
 * @param minimum the least role that may call it
 * @param parameters the query parameters that it knows
 * @param forOneself whether a member without that role may call it too where the path names this very member
 * @param handler answers
 */
public record ApiRoute(
        String method,
        String template,
        Pattern path,
        Role minimum,
        Set<String> parameters,
        boolean forOneself,
        Handler handler) {
    /** How callers name themselves in a path. */
    static final String ME = "me";

    /** What answers a route. */
    @FunctionalInterface
    public interface Handler {
        ApiReply answer(ApiRequest request);
    }

    /** A route with those query parameters. */
    static ApiRoute of(String method, String template, Role minimum, Handler handler, String... parameters) {
        // The alphabet of every id: whatever else stands there names nothing.
        Pattern path = Pattern.compile(template.replaceAll("\\{[a-z]+}", "([a-z0-9-]{1,64})"));
        return new ApiRoute(method, template, path, minimum, Set.of(parameters), false, handler);
    }

    /** A route to a list, which viewers may read. */
    static ApiRoute list(String template, Handler handler, String... filters) {
        String[] parameters = Stream.concat(Stream.of(filters), Stream.of(ApiQuery.CURSOR, ApiQuery.LIMIT))
                .toArray(String[]::new);
        return of("GET", template, Role.VIEWER, handler, parameters);
    }

    /** The same route, open to every member who is the one that its first variable names. */
    ApiRoute alsoForOneself() {
        return new ApiRoute(method, template, path, minimum, parameters, true, handler);
    }

    /** Whether that member may call it with those variables. */
    public boolean admits(Member member, List<String> variables) {
        return member.role().compareTo(minimum) >= 0
                || forOneself
                        && (variables.get(0).equals(ME) || variables.get(0).equals(member.id()));
    }

    /** Whether only what stands in that path for the variables keeps it from being this route's. */
    public boolean hasShapeOf(String rawPath) {
        return rawPath.matches(template.replaceAll("\\{[a-z]+}", "[^/]+"));
    }

    /** What stands in that path for the variables; empty if the route is another. */
    public Optional<List<String>> match(String rawPath) {
        Matcher matcher = path.matcher(rawPath);
        return matcher.matches()
                ? Optional.of(IntStream.rangeClosed(1, matcher.groupCount())
                        .mapToObj(matcher::group)
                        .toList())
                : Optional.empty();
    }
}
