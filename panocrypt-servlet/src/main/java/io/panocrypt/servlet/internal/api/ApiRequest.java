package io.panocrypt.servlet.internal.api;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Member;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiException;
import io.panocrypt.servlet.internal.http.ApiQuery;
import io.panocrypt.servlet.internal.http.Body;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request as a route gets it.
 *
 * @param member the caller
 * @param variables the values of the route's variables in the path, in their order
 * @param query the query
 * @param content the body
 * @param http the request itself, whose body is read already
 */
public record ApiRequest(Member member, List<String> variables, ApiQuery query, Body content, HttpServletRequest http) {
    private static final Pattern VERSION = Pattern.compile("\"(\\d{1,18})\"");
    /** RFC 9110 section 8.8.3. */
    private static final Pattern ENTITY_TAG = Pattern.compile("(?:W/)?\"[\\x21\\x23-\\x7E\\x80-\\xFF]*\"");

    /** The caller, for the audit. */
    Actor actor() {
        return Actor.of(member);
    }

    /** The path's first variable. */
    String id() {
        return variables.get(0);
    }

    /** The id of the member that a variable of the path names; {@code me} is the caller. */
    String member(int variable) {
        String named = variables.get(variable);
        return named.equals(ApiRoute.ME) ? member.id() : named;
    }

    ApiBody body() {
        return ApiBody.of(content);
    }

    /** Requires a body without members. */
    void expectNothing() {
        body().finish();
    }

    /** The version that If-Match names. */
    long ifMatch() {
        List<String> values = Collections.list(http.getHeaders("If-Match"));
        if (values.isEmpty()) {
            throw new ApiException(
                    428, "the header If-Match is required: give the version that you read, such as If-Match: \"1\"");
        }
        Matcher version = VERSION.matcher(values.get(0));
        if (values.size() == 1 && version.matches()) {
            return Long.parseLong(version.group(1));
        }
        if (values.size() == 1 && ENTITY_TAG.matcher(values.get(0)).matches()) {
            throw new ApiException(412, "the entity tag in If-Match is not a version of this object");
        }
        throw new ApiException(400, "If-Match must be one version in double quotes");
    }
}
