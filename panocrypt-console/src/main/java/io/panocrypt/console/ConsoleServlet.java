package io.panocrypt.console;

import io.panocrypt.console.internal.act.Console;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.servlet.OperatorDirectory;
import io.panocrypt.servlet.internal.http.RawPath;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The pages on which members see who waits and decide; mount it once at a path prefix such as {@code /console/*}, with
 * asynchronous requests switched on. All links are relative, so any context path and any proxy before it will do.
 *
 * <p>Sessions are the service's own ({@link io.panocrypt.policy.Sessions}); nothing is kept in the servlet container. Forms are at most 16 KiB,
 * whole within 10 s. Thread-safe.
 */
public final class ConsoleServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Console console;

    /** Creates a console with its own sign-in page, which takes the token of a member. */
    public ConsoleServlet(Panocrypt panocrypt) {
        this(panocrypt, Optional.empty(), InstantSource.system(), System::nanoTime);
    }

    /**
     * Creates a console for members whom the host application has signed in. It has no sign-in page, and its pages do not
     * end the host's session.
     */
    public ConsoleServlet(Panocrypt panocrypt, OperatorDirectory operators) {
        this(panocrypt, Optional.of(operators), InstantSource.system(), System::nanoTime);
    }

    ConsoleServlet(
            Panocrypt panocrypt, Optional<OperatorDirectory> operators, InstantSource clock, LongSupplier nanos) {
        this.console = new Console(panocrypt, operators, clock, nanos);
    }

    @Override
    public void destroy() {
        console.close();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RawPath.serveBelow(request, response, console::serve);
    }
}
