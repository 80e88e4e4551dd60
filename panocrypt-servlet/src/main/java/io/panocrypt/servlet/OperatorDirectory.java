package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.servlet.internal.http.Bearer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out which member sends a request to {@link ApiServlet}; write one to use your own users and roles.
 *
 * <p>Implementations must be thread-safe. They are called once for each request, on its thread, and should answer within a
 * second. An own directory authenticates the request, chooses a {@link Role} and hands both to {@link
 * io.panocrypt.policy.Members#authenticate(ExternalIdentity, Role)} or {@link
 * io.panocrypt.policy.Members#admit(ExternalIdentity, Role)}, which give the member.
 */
@FunctionalInterface
public interface OperatorDirectory {
    /** Who sends a request. */
    sealed interface Answer permits Operator, Nobody {}

    /**
     * A member.
     *
     * @param ambient whether a browser adds the credentials by itself, as it does with cookies, passwords of HTTP
     *     authentication and client certificates. Then a page of another site could send the request, so calls that change
     *     something must show that they come from a page of this site
     */
    record Operator(Member member, boolean ambient) implements Answer {}

    /**
     * Nobody whom this directory knows; the answer is 401 unless another directory knows the sender.
     *
     * @param problem one sentence for the caller: what is missing or wrong
     * @param challenge the value of {@code WWW-Authenticate}, such as {@code Bearer}; empty if the user signs in elsewhere
     */
    record Nobody(String problem, Optional<String> challenge) implements Answer {}

    /**
     * Finds the member.
     *
     * @return the answer; never null
     * @throws OperationException of kind {@code FORBIDDEN} if the sender is known and may not operate the service: 403
     * @throws RuntimeException if the directory does not work: 503
     */
    Answer identify(HttpServletRequest request);

    /** Members by their bearer tokens. This is the directory of {@link ApiServlet#ApiServlet(Panocrypt)}. */
    static OperatorDirectory ofTokens(Panocrypt panocrypt) {
        return request -> Bearer.member(request, panocrypt)
                .map(member -> (Answer) new Operator(member, false))
                .orElseGet(() -> new Nobody(Bearer.problem(request), Optional.of("Bearer")));
    }

    /**
     * Users whom the container or a filter in front has authenticated.
     *
     * @param directory the name under which members are stored, 1 to 63 of {@code [a-z0-9.-]}; must never change
     * @param roles the container's roles, each with the role that it gives here; a user has the highest of theirs
     */
    static PrincipalDirectory ofPrincipal(Panocrypt panocrypt, String directory, Map<String, Role> roles) {
        return new PrincipalDirectory(panocrypt, directory, roles, false);
    }

    /** Asks several directories in that order; the first that knows the sender decides. */
    static OperatorDirectory firstOf(OperatorDirectory... directories) {
        List<OperatorDirectory> all = List.of(directories);
        return request -> {
            List<Nobody> refusals = new ArrayList<>();
            for (OperatorDirectory directory : all) {
                Answer answer = directory.identify(request);
                if (answer instanceof Nobody nobody) {
                    refusals.add(nobody);
                } else {
                    return answer;
                }
            }
            return new Nobody(
                    String.join(", or ", refusals.stream().map(Nobody::problem).toList()),
                    refusals.stream()
                            .flatMap(refusal -> refusal.challenge().stream())
                            .findFirst());
        };
    }
}
