package io.panocrypt.servlet;

import io.panocrypt.policy.model.Role;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One line of the route table.
 *
 * @param method such as {@code GET}
 * @param template the path behind the mount point, with variables such as {@code {id}}
 * @param path matches the raw path; one group for each variable
 * @param minimum the least role that may call it
 * @param parameters the query parameters that it knows
 * @param handler answers
 */
record ApiRoute(String method, String template, Pattern path, Role minimum, Set<String> parameters, Handler handler) {

    /** What answers a route. */
    @FunctionalInterface
    interface Handler {
        ApiReply answer(ApiRequest request);
    }

    /** A route without query parameters. */
    static ApiRoute of(String method, String template, Role minimum, Handler handler) {
        // The alphabet of every id: whatever else stands there names nothing.
        Pattern path = Pattern.compile(template.replaceAll("\\{[a-z]+}", "([a-z0-9-]{1,64})"));
        return new ApiRoute(method, template, path, minimum, Set.of(), handler);
    }

    /** A route to a list, which viewers may read. */
    static ApiRoute list(String template, Handler handler, String... filters) {
        Set<String> parameters = new HashSet<>(Set.of(filters));
        parameters.add(ApiQuery.CURSOR);
        parameters.add(ApiQuery.LIMIT);
        ApiRoute plain = of("GET", template, Role.VIEWER, handler);
        return new ApiRoute("GET", template, plain.path(), Role.VIEWER, Set.copyOf(parameters), handler);
    }

    /** What stands in that path for the variables; empty if the route is another. */
    Optional<List<String>> match(String rawPath) {
        Matcher matcher = path.matcher(rawPath);
        return matcher.matches()
                ? Optional.of(IntStream.rangeClosed(1, matcher.groupCount())
                        .mapToObj(matcher::group)
                        .toList())
                : Optional.empty();
    }
}
