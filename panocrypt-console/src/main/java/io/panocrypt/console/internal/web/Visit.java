package io.panocrypt.console.internal.web;

import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Session;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;

/**
 * One request of a browser, and who sends it.
 *
 * @param path below the console, as it came; begins with a slash
 * @param member who is signed in
 * @param session the console's own, if that is how
 * @param secret what the form token is made of: only this browser has it
 */
public record Visit(
        String path,
        HttpServletRequest request,
        HttpServletResponse response,
        Optional<Member> member,
        Optional<Session> session,
        String secret) {

    /** The console's own path relative to this one: empty or {@code ../} once or more. */
    public String root() {
        return "../".repeat((int) path.chars().skip(1).filter(c -> c == '/').count());
    }

    /** The member. */
    public Member signedIn() {
        return member.orElseThrow(() -> new ConsoleException(401, "401"));
    }

    /** Sends the browser on to a page, by GET. The link is relative, because a proxy may have changed the path. */
    public void goTo(String target) {
        response.setStatus(303);
        response.setHeader("Location", (root() + target).isEmpty() ? "./" : root() + target);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Visit[" + path + "]";
    }
}
