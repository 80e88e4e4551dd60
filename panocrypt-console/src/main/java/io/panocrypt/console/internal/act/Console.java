package io.panocrypt.console.internal.act;

import io.panocrypt.console.internal.page.ErrorView;
import io.panocrypt.console.internal.page.Texts;
import io.panocrypt.console.internal.web.Assets;
import io.panocrypt.console.internal.web.ConsoleException;
import io.panocrypt.console.internal.web.Cookies;
import io.panocrypt.console.internal.web.Form;
import io.panocrypt.console.internal.web.FormToken;
import io.panocrypt.console.internal.web.SecurityHeaders;
import io.panocrypt.console.internal.web.SignInLimiter;
import io.panocrypt.console.internal.web.Transport;
import io.panocrypt.console.internal.web.Visit;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.Sessions;
import io.panocrypt.policy.model.ApprovalRequest.Verdict;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import io.panocrypt.servlet.OperatorDirectory;
import io.panocrypt.servlet.internal.http.ApiException;
import io.panocrypt.servlet.internal.http.BodyReader;
import io.panocrypt.servlet.internal.http.Responses;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out who sends a request, checks that forms are the console's own, and hands the request to its page. */
public final class Console implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Console.class.getName());

    private static final Pattern REQUEST = Pattern.compile("/requests/([a-z0-9-]{1,64})");
    private static final Pattern VOTE = Pattern.compile("/requests/([a-z0-9-]{1,64})/(approve|deny|defer)");
    private static final Pattern END_SESSION = Pattern.compile("/me/sessions/([a-z0-9-]{1,64})/end");
    private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz234567";

    private final Panocrypt panocrypt;
    private final Optional<OperatorDirectory> directory;
    private final SecureRandom random = new SecureRandom();
    private final Assets assets = new Assets();
    private final BodyReader bodies = new BodyReader(Form.MAX_BYTES, BodyReader.TIMEOUT);
    private final Renderer renderer;
    private final RequestPages requests;
    private final SignInPages signIns;
    private final MePages me;

    /** @param directory the host's own sign-in; empty for the console's */
    public Console(
            Panocrypt panocrypt, Optional<OperatorDirectory> directory, InstantSource clock, LongSupplier nanos) {
        this.panocrypt = panocrypt;
        this.directory = directory;
        String host = panocrypt.devices().publicUrl().getHost();
        this.renderer = new Renderer(assets, host == null ? "" : host, clock);
        this.requests = new RequestPages(panocrypt, renderer);
        this.signIns = new SignInPages(panocrypt, renderer, new SignInLimiter(nanos));
        this.me = new MePages(panocrypt, renderer);
    }

    /** @param path below the console, as it came */
    public void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        SecurityHeaders.set(request, response);
        if (path.isEmpty()) {
            response.setStatus(303);
            response.setHeader("Location", request.getRequestURI() + "/");
            return;
        }
        if (assets.serve(path, request, response)) {
            return;
        }
        Visit stranger = new Visit(path, request, response, Optional.empty(), Optional.empty(), newSecret());
        if (request.getMethod().equals("POST")) {
            bodies.read(
                    request, response, body -> guard(stranger, visit -> post(visit, Form.of(body.bytes(), request))));
        } else {
            guard(stranger, this::read);
        }
    }

    /** What answers a request or throws. */
    private interface Answer {
        void send(Visit visit) throws IOException;
    }

    private void read(Visit visit) throws IOException {
        String method = visit.request().getMethod();
        String path = visit.path();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            visit.response().setHeader("Allow", "GET, HEAD, POST");
            throw new ConsoleException(405, "405");
        }
        if (path.equals("/" + SignInPages.PATH) && directory.isEmpty()) {
            signIns.show(visit);
            return;
        }
        if (visit.member().isEmpty()) {
            askToSignIn(visit);
            return;
        }
        Matcher request = REQUEST.matcher(path);
        if (path.equals("/")) {
            visit.goTo(RequestPages.FOLDER);
        } else if (path.equals("/" + RequestPages.FOLDER)) {
            requests.list(visit);
        } else if (request.matches()) {
            requests.show(visit, request.group(1));
        } else if (path.equals("/" + MePages.PATH)) {
            me.show(visit);
        } else {
            throw new ConsoleException(404, "404");
        }
    }

    private void askToSignIn(Visit visit) {
        if (directory.isPresent()) {
            throw new ConsoleException(401, "host");
        }
        visit.goTo(SignInPages.PATH + "?to=" + SignInPages.target(visit.path()));
    }

    private void post(Visit visit, Form form) throws IOException {
        boolean isSignIn = visit.path().equals("/" + SignInPages.PATH) && directory.isEmpty();
        if (!Transport.isSameOrigin(visit.request())) {
            throw new ConsoleException(403, "csrf");
        }
        if (visit.member().isEmpty() && !isSignIn) {
            throw new ConsoleException(401, directory.isPresent() ? "host" : "401");
        }
        if (!FormToken.matches(visit.secret(), form.get("form"))) {
            throw new ConsoleException(403, "csrf");
        }
        Matcher vote = VOTE.matcher(visit.path());
        Matcher session = END_SESSION.matcher(visit.path());
        if (isSignIn) {
            signIns.signIn(visit, form);
        } else if (vote.matches()) {
            requests.decide(visit, vote.group(1), verdict(vote.group(2)), form);
        } else if (session.matches()) {
            me.endSession(visit, session.group(1));
        } else if (visit.path().equals("/sign-out")) {
            signIns.signOut(visit);
        } else {
            throw new ConsoleException(404, "404");
        }
    }

    private static Verdict verdict(String name) {
        return switch (name) {
            case "approve" -> Verdict.APPROVE;
            case "deny" -> Verdict.DENY;
            default -> Verdict.DEFER;
        };
    }

    private Visit visit(Visit stranger) {
        HttpServletRequest request = stranger.request();
        if (directory.isPresent()) {
            Optional<Member> member = identify(directory.get(), request);
            return new Visit(
                    stranger.path(), request, stranger.response(), member, Optional.empty(), formSecret(stranger));
        }
        Optional<String> token = Cookies.get(request, Cookies.SESSION);
        Optional<Sessions.Found> found = token.flatMap(panocrypt.sessions()::find);
        return found.map(session -> new Visit(
                        stranger.path(),
                        request,
                        stranger.response(),
                        Optional.of(session.member()),
                        Optional.of(session.session()),
                        token.orElseThrow()))
                .orElseGet(() -> new Visit(
                        stranger.path(),
                        request,
                        stranger.response(),
                        Optional.empty(),
                        Optional.empty(),
                        formSecret(stranger)));
    }

    private static Optional<Member> identify(OperatorDirectory directory, HttpServletRequest request) {
        OperatorDirectory.Answer sender;
        try {
            sender = directory.identify(request);
        } catch (OperationException | StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the operator directory failed; the console answered with 503", e);
            throw new ConsoleException(503, "directory");
        }
        if (sender instanceof OperatorDirectory.Operator operator) {
            if (operator.member().role() == Role.SERVICE) {
                throw new ConsoleException(403, "403");
            }
            return Optional.of(operator.member());
        }
        return Optional.empty();
    }

    /** The secret that binds forms to this browser where there is no session of the console's own. */
    private String formSecret(Visit visit) {
        return Cookies.get(visit.request(), Cookies.FORM).orElseGet(() -> {
            if (!visit.request().getMethod().equals("POST")) {
                Cookies.set(visit.request(), visit.response(), Cookies.FORM, visit.secret());
            }
            return visit.secret();
        });
    }

    private String newSecret() {
        return random.ints(52, 0, DIGITS.length())
                .mapToObj(digit -> String.valueOf(DIGITS.charAt(digit)))
                .collect(Collectors.joining());
    }

    private void guard(Visit stranger, Answer answer) throws IOException {
        Visit visit = stranger;
        try {
            visit = visit(stranger);
            answer.send(visit);
        } catch (ConsoleException e) {
            refuse(visit, e.status(), e.key(), e.arguments(), Optional.empty(), null);
        } catch (ApiException e) {
            refuse(visit, e.status(), Integer.toString(e.status()), List.of(), Optional.empty(), null);
        } catch (OperationException e) {
            int status = status(e.kind());
            refuse(visit, status, Integer.toString(status), List.of(), Optional.of(detail(e)), null);
        } catch (UnreadableRecordException e) {
            refuse(visit, 500, "500", List.of(), Optional.empty(), e);
        } catch (StoreException e) {
            visit.response().setHeader("Retry-After", Responses.RETRY_SECONDS);
            refuse(visit, 503, "503", List.of(), Optional.empty(), e);
        } catch (RuntimeException e) {
            refuse(visit, 500, "500", List.of(), Optional.empty(), e);
        }
    }

    private static String detail(OperationException e) {
        return String.join("; ", e.problems());
    }

    private static int status(OperationException.Kind kind) {
        return switch (kind) {
            case INVALID -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case TAKEN, CONFLICT, UNCONFIRMED, STALE -> 409;
        };
    }

    private void refuse(
            Visit visit,
            int status,
            String key,
            List<String> arguments,
            Optional<String> detail,
            @Nullable RuntimeException fault)
            throws IOException {
        String id = newSecret().substring(0, 8);
        log(status, key, id, fault);
        if (visit.response().isCommitted()) {
            return;
        }
        Texts texts = renderer.texts();
        boolean signsIn = status == 401 && directory.isEmpty();
        String target = page(visit.path());
        renderer.error(
                visit,
                status,
                new ErrorView(
                        texts.get("error." + key + ".title"),
                        texts.get("error." + key + ".advice", arguments.toArray()),
                        detail,
                        id,
                        signsIn ? SignInPages.PATH + "?to=" + target : target,
                        texts.get(
                                signsIn
                                        ? "error.signInLink"
                                        : target.equals(RequestPages.FOLDER) ? "error.requests" : "error.back")));
    }

    private static void log(int status, String key, String id, @Nullable RuntimeException fault) {
        if (fault instanceof StoreException) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the console failed on a store fault, reference {0}: {1}",
                    id,
                    fault.getMessage());
            LOG.log(System.Logger.Level.DEBUG, "the console failed on a store fault, reference " + id, fault);
        } else if (fault != null) {
            LOG.log(System.Logger.Level.ERROR, "the console failed and answered with 500, reference " + id, fault);
        } else {
            LOG.log(
                    System.Logger.Level.INFO,
                    "the console refused a request with {0} ({1}), reference {2}",
                    status,
                    key,
                    id);
        }
    }

    /** The page on which a form stood; never the form's own target. */
    private static String page(String path) {
        Matcher vote = VOTE.matcher(path);
        return vote.matches() ? RequestPages.FOLDER + "/" + vote.group(1) : SignInPages.target(path);
    }

    @Override
    public void close() {
        bodies.close();
    }
}
