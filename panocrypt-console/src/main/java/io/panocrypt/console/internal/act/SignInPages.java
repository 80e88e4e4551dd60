package io.panocrypt.console.internal.act;

import io.panocrypt.console.internal.page.SignInView;
import io.panocrypt.console.internal.web.ConsoleException;
import io.panocrypt.console.internal.web.Cookies;
import io.panocrypt.console.internal.web.Form;
import io.panocrypt.console.internal.web.SignInLimiter;
import io.panocrypt.console.internal.web.Transport;
import io.panocrypt.console.internal.web.Visit;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.Sessions;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Session;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Signs members in and out, where the host application does not. */
final class SignInPages {
    static final String PATH = "sign-in";

    /** The only places to go to after signing in: pages of this console that a GET opens. */
    private static final Pattern TARGET = Pattern.compile("(?:requests(?:/[a-z0-9-]{1,64}|\\?list)?|me)");

    private static final String TO = "to=";
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,256}=*");

    private final Panocrypt panocrypt;
    private final Renderer renderer;
    private final SignInLimiter limiter;

    SignInPages(Panocrypt panocrypt, Renderer renderer, SignInLimiter limiter) {
        this.panocrypt = panocrypt;
        this.renderer = renderer;
        this.limiter = limiter;
    }

    /** Where a visitor of that path goes after signing in, relative to the console. */
    static String target(String path) {
        String target = path.substring(1);
        return TARGET.matcher(target).matches() ? target : RequestPages.FOLDER;
    }

    void show(Visit visit) throws IOException {
        String to = to(visit.request().getQueryString());
        if (visit.member().isPresent()) {
            visit.goTo(to);
            return;
        }
        page(visit, 200, to, Optional.empty());
    }

    private static String to(@org.jspecify.annotations.Nullable String query) {
        return query != null && query.startsWith(TO) ? target("/" + query.substring(TO.length())) : RequestPages.FOLDER;
    }

    private void page(Visit visit, int status, String to, Optional<String> problem) throws IOException {
        renderer.signIn(visit, status, new SignInView(to, Transport.isPrivate(visit.request()), problem));
    }

    /** Signs in by a token. The session is a new one, and one that the browser had ends. */
    void signIn(Visit visit, Form form) throws IOException {
        HttpServletRequest request = visit.request();
        if (!Transport.isPrivate(request)) {
            throw new ConsoleException(403, "insecure");
        }
        String to = target("/" + form.text("to"));
        String typed = form.text("token").strip();
        Optional<Member> member =
                TOKEN.matcher(typed).matches() ? panocrypt.members().authenticate(typed) : Optional.empty();
        if (member.isEmpty()) {
            long wait = limiter.failed(request.getRemoteAddr());
            if (wait > 0) {
                visit.response().setHeader("Retry-After", Long.toString(wait));
                throw new ConsoleException(429, "429", Long.toString(wait));
            }
            page(visit, 403, to, Optional.of("signIn.wrong"));
            return;
        }
        if (member.get().role() == Role.SERVICE) {
            page(visit, 403, to, Optional.of("signIn.service"));
            return;
        }
        String userAgent = request.getHeader("User-Agent");
        Sessions.Begun begun =
                panocrypt.sessions().begin(member.get(), Session.SignIn.TOKEN, userAgent == null ? "" : userAgent);
        end(visit);
        Cookies.set(request, visit.response(), Cookies.SESSION, begun.token());
        Cookies.clear(request, visit.response(), Cookies.FORM);
        visit.goTo(to);
    }

    void signOut(Visit visit) {
        end(visit);
        Cookies.clear(visit.request(), visit.response(), Cookies.SESSION);
        visit.goTo(PATH);
    }

    private void end(Visit visit) {
        visit.session().ifPresent(session -> panocrypt.sessions().end(visit.signedIn(), session.id()));
    }
}
