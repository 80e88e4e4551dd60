package io.panocrypt.testkit.wire;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/**
 * The wire table of a Tang-compatible server as tests that run against a base URL.
 *
 * <p>Extend it, implement {@link #baseUrl}, and run it with JUnit. The server must serve one device (or be a plain
 * Tang) whose policy allows this machine. It must not limit this machine's rate, and the device needs enough uses: the
 * suite sends a few hundred requests in a few seconds over plain HTTP. It changes nothing on the server except the uses
 * that these requests spend.
 *
 * <table> <caption>Rules and the rows of the wire table that they stand for</caption>
 * <tr><th>rules</th><th>row</th></tr>
 * <tr><td>W1-W3</td><td>routes are matched on the raw target: any number of slashes between parts, nothing
 * decoded</td></tr>
 * <tr><td>W4-W6</td><td>another method on a known path: 405, with {@code Allow}, whatever the token</td></tr>
 * <tr><td>W7-W9</td><td>absolute-form targets; what an error carries; 414</td></tr>
 * <tr><td>W10-W13</td><td>413 for a body over 65,535 bytes, whatever the token and however it is framed</td></tr>
 * <tr><td>W20-W27</td><td>the advertisement, and the advertisement by thumbprint</td></tr>
 * <tr><td>W30-W36</td><td>recovery: the answer's bytes and its point, and what a request may look like</td></tr>
 * <tr><td>W40-W49</td><td>recovery refused: 400, 403, 400, 404, 403, 400 in that order of precedence</td></tr>
 * <tr><td>W50-W51</td><td>unknown token, kid or thumbprint: one and the same 404</td></tr>
 * <tr><td>W60-W66</td><td>connections: kept, pipelined, idle, slow, HTTP/1.0, {@code Expect}</td></tr>
 * </table>
 *
 * <p>Servers differ on purpose in a few places. Each is a method to override; the default is Panocrypt's behaviour.
 * Rules that a server does not claim to follow are skipped with the reason.
 *
 * <table> <caption>Where Panocrypt and tangd (11, as packaged by Debian 12) differ, and why</caption>
 * <tr><th>method</th><th>Panocrypt</th><th>tangd</th><th>why</th></tr>
 * <tr><td>{@link #namesAllowedMethods}</td><td>yes</td><td>no</td><td>RFC 9110, 15.5.6 asks for Allow</td></tr>
 * <tr><td>{@link #requiresExactCoordinates}</td><td>400</td><td>200</td><td>one point, one spelling: lengths other than
 * the field's and x + p are not points that a client sends</td></tr>
 * <tr><td>{@link #describesErrors}</td><td>RFC 9457, no-store, no-referrer</td><td>empty body, two headers</td><td>the
 * URL is kept out of caches and referrers; proxies and people can read the error</td></tr>
 * <tr><td>{@link #answersAbsoluteForm}</td><td>yes</td><td>404</td><td>RFC 9112, 3.2.2 demands it</td></tr>
 * <tr><td>{@link #refusesEmptyQuery}</td><td>yes, except in Undertow</td><td>yes</td><td>Undertow does not tell {@code
 * adv?} from {@code adv}</td></tr>
 * <tr><td>{@link #seesSuspiciousTargets}</td><td>yes, except behind Spring Security</td><td>yes</td><td>its firewall
 * refuses them with 400 or 401</td></tr>
 * <tr><td>{@link #refusesBytesAfterJson}</td><td>400</td><td>200 if a NUL comes first</td><td>a body is one JSON value;
 * tangd reads a C string</td></tr>
 * <tr><td>{@link #longestTarget}</td><td>the container's</td><td>4095</td><td>a limit of tangd's buffer, of no use to
 * clients</td></tr>
 * </table>
 *
 * <p>JUnit creates one instance per test; its methods may be called from any thread of the suite.
 */
@DisplayName("Tang wire table")
public abstract class TangServerContract {

    /** Called by subclasses. */
    protected TangServerContract() {}

    /**
     * The base URL of the routes, for example {@code http://127.0.0.1:8080/u/TOKEN}, or a tangd's root.
     *
     * @return an {@code http} URL; trailing slashes are ignored
     */
    protected abstract URI baseUrl();

    /**
     * A base URL of the same server without a device, for example with an unknown token.
     *
     * @return empty (the default) if the server has only one base
     */
    protected Optional<URI> unknownBaseUrl() {
        return Optional.empty();
    }

    /**
     * The thumbprint of a signing key that this base no longer advertises, by any of the five hashes.
     *
     * @return empty (the default) if no key was rotated
     */
    protected Optional<String> hiddenSigningThumbprint() {
        return Optional.empty();
    }

    /**
     * Called after every request that must not spend anything; must fail if something was spent.
     *
     * <p>Does nothing by default.
     */
    protected void assertNothingSpent() {}

    /**
     * Whether 405 names the right methods in {@code Allow}.
     *
     * @return true by default
     */
    protected boolean namesAllowedMethods() {
        return true;
    }

    /**
     * Whether a coordinate must have exactly the field's length and lie below the prime.
     *
     * @return true by default
     */
    protected boolean requiresExactCoordinates() {
        return true;
    }

    /**
     * Whether errors carry {@code application/problem+json}, and all answers of the two routes {@code Cache-Control:
     * no-store} and {@code Referrer-Policy: no-referrer}.
     *
     * @return true by default
     */
    protected boolean describesErrors() {
        return true;
    }

    /**
     * Whether a target in absolute form is answered like one in origin form.
     *
     * @return true by default
     */
    protected boolean answersAbsoluteForm() {
        return true;
    }

    /**
     * Whether a target with an empty query, which ends in a question mark, is answered with 404.
     *
     * @return true by default
     */
    protected boolean refusesEmptyQuery() {
        return true;
    }

    /**
     * Whether targets with a dot segment, a semicolon or an encoded slash reach the server, so that it answers them with
     * 404. A firewall in front, such as Spring Security's, answers them with 400, or with 401 where its error page needs a
     * sign-in.
     *
     * @return true by default
     */
    protected boolean seesSuspiciousTargets() {
        return true;
    }

    /**
     * Whether a NUL and more after the JSON value make it "not one JSON value".
     *
     * @return true by default
     */
    protected boolean refusesBytesAfterJson() {
        return true;
    }

    /**
     * Whether a body over 65,535 bytes is answered with 413.
     *
     * @return true by default
     */
    protected boolean limitsBody() {
        return true;
    }

    /**
     * The longest request target in bytes that is not answered with 414.
     *
     * @return empty by default: the container sets the limit, and only a crash is a failure
     */
    protected OptionalInt longestTarget() {
        return OptionalInt.empty();
    }

    @Nested
    @DisplayName("Routes")
    class Routes extends RouteRules {
        Routes() {
            super(TangServerContract.this);
        }
    }

    @Nested
    @DisplayName("Limits")
    class Limits extends LimitRules {
        Limits() {
            super(TangServerContract.this);
        }
    }

    @Nested
    @DisplayName("Advertisement")
    class Advertising extends AdvertisementRules {
        Advertising() {
            super(TangServerContract.this);
        }
    }

    @Nested
    @DisplayName("Recovery")
    class Recovery extends RecoveryRules {
        Recovery() {
            super(TangServerContract.this);
        }
    }

    @Nested
    @DisplayName("Recovery refused")
    class Refusals extends RefusalRules {
        Refusals() {
            super(TangServerContract.this);
        }
    }

    @Nested
    @DisplayName("Unknown")
    class Unknown extends UnknownRules {
        Unknown() {
            super(TangServerContract.this);
        }
    }

    @Nested
    @DisplayName("Connections")
    class Connections extends ConnectionRules {
        Connections() {
            super(TangServerContract.this);
        }
    }
}
