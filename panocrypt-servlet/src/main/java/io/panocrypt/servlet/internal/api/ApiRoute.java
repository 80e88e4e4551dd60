package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.servlet.internal.http.ApiQuery;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line of the route table.
 *
 * @param method such as {@code GET}
 * @param template the path behind the mount point, with variables such as {@code {id}}
 * @param path matches the raw path; one group for each variable
 * @param minimum the lowest role that may call it
 * @param parameters the query parameters that it accepts
 * @param oneself the lowest role of members who may call it if the path's first variable names them; null if none may
 * @param act what a service account does by it, which a scope must name; null if none may call it
 * @param handler answers
 */
public record ApiRoute(
        String method,
        String template,
        Pattern path,
        Role minimum,
        Set<String> parameters,
        @Nullable Role oneself,
        Scope.@Nullable Act act,
        Handler handler) {
    /** The name by which callers refer to themselves in a path. */
    static final String ME = "me";

    /** Answers the requests of one route. */
    @FunctionalInterface
    public interface Handler {
        ApiReply answer(ApiRequest request);
    }

    /** A route with those query parameters. */
    static ApiRoute of(String method, String template, Role minimum, Handler handler, String... parameters) {
        // This is the alphabet of every id, so any other text names nothing.
        Pattern path = Pattern.compile(template.replaceAll("\\{[a-z]+}", "([a-z0-9-]{1,64})"));
        return new ApiRoute(method, template, path, minimum, Set.of(parameters), null, null, handler);
    }

    /** A route to a list, which viewers may read, with the parameters of paging. */
    static ApiRoute list(String template, Handler handler, String... filters) {
        String[] parameters = Stream.concat(Stream.of(filters), Stream.of(ApiQuery.CURSOR, ApiQuery.LIMIT))
                .toArray(String[]::new);
        return of("GET", template, Role.VIEWER, handler, parameters);
    }

    /** The same route, also open to the member whom its first variable names, from that role on. */
    ApiRoute alsoForOneself(Role lowest) {
        return new ApiRoute(method, template, path, minimum, parameters, lowest, act, handler);
    }

    /** The same route, also open to service accounts with a scope of that act; the handler checks the device. */
    ApiRoute alsoForServiceAccounts(Scope.Act scope) {
        return new ApiRoute(method, template, path, minimum, parameters, oneself, scope, handler);
    }

    /** Whether a member may call this route with those values of its variables. */
    public boolean admits(Member member, List<String> variables) {
        return member.role().compareTo(minimum) >= 0
                || act != null && member.hasScope(act)
                || oneself != null
                        && member.role().compareTo(oneself) >= 0
                        && (variables.get(0).equals(ME) || variables.get(0).equals(member.id()));
    }

    /** Whether its requests may have a body; that of a GET is ignored. */
    public boolean takesBody() {
        return !method.equals("GET");
    }

    /** Whether the path is this route's except for the values of its variables. */
    public boolean hasShapeOf(String rawPath) {
        return rawPath.matches(template.replaceAll("\\{[a-z]+}", "[^/]+"));
    }

    /** The values of the variables in that path; empty if it is not this route's. */
    public Optional<List<String>> match(String rawPath) {
        Matcher matcher = path.matcher(rawPath);
        return matcher.matches()
                ? Optional.of(IntStream.rangeClosed(1, matcher.groupCount())
                        .mapToObj(matcher::group)
                        .toList())
                : Optional.empty();
    }
}
