package io.panocrypt.testkit.junit;

import io.panocrypt.policy.Panocrypt;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of a class a service of its own, served by the real servlets on a free port of 127.0.0.1. Test methods,
 * lifecycle methods and constructors can have these parameters, all of the same service:
 *
 * <table>
 * <caption>Parameters</caption>
 * <tr><th>type</th><th>what it is</th></tr>
 * <tr><td>{@link Panocrypt}</td><td>the service</td></tr>
 * <tr><td>{@link java.net.URI}</td><td>where it is served, such as {@code http://127.0.0.1:40123}; also its public URL</td></tr>
 * <tr><td>{@link io.panocrypt.testkit.support.MutableClock}</td><td>the time of the service and of its store; it moves only
 * when the test moves it</td></tr>
 * <tr><td>{@link ClevisClient}</td><td>a client, which asks from 127.0.0.1</td></tr>
 * </table>
 *
 * <pre>{@code
 * @PanocryptServer(customizer = NightRuleTest.WithNightRule.class)
 * class NightRuleTest {
 *     static final class WithNightRule implements PanocryptServer.Customizer {
 *         @Override
 *         public void customize(Panocrypt.Builder builder) {
 *             builder.rule(new NightRule());
 *         }
 *     }
 *
 *     @Test
 *     void refusesAtNight(Panocrypt panocrypt, MutableClock clock, ClevisClient clevis) throws Exception {
 *         Device device = panocrypt.devices()
 *                 .create(Actor.HOST, DeviceChange.none().withName("web-1").withSources("127.0.0.1"));
 *         byte[] secret = {1, 2, 3};
 *         String jwe = clevis.encrypt(panocrypt.devices().unlockUrl(device), secret);
 *
 *         clock.set(Instant.parse("2026-01-01T12:00:00Z"));
 *         assertArrayEquals(secret, clevis.decrypt(jwe).plaintext());
 *
 *         clock.set(Instant.parse("2026-01-01T23:00:00Z"));
 *         assertEquals(new ClevisResult.Refused(403), clevis.decrypt(jwe));
 *     }
 * }
 * }</pre>
 *
 * <p>A service lives for one test, and everything is closed after it, also after a failure. If a {@code @BeforeAll} method, or
 * the constructor of a class with {@code Lifecycle.PER_CLASS}, has such a parameter, one service lives for all tests of the
 * class. With JUnit before 5.12 that holds for each constructor.
 *
 * <p>The service is built with a {@code MemoryStore}, a new master key and timeouts of five minutes, so that a busy machine
 * causes no refusals; nobody is notified, and no checkpoints are taken. The servlets run on the JDK's {@code
 * com.sun.net.httpserver} without a container: bodies are read before a servlet is called, and answers are sent when it has
 * returned. It keeps all rules of {@code TangServerContract}; what a container adds is tested in that container. The servlet
 * API must be on the class path of the tests, as your application needs it anyway.
 *
 * <p>Tests may run in parallel. A service that cannot be built fails the test with the reason.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(PanocryptServerExtension.class)
public @interface PanocryptServer {
    /**
     * Changes the settings of the service; none by default.
     *
     * @return a class with a constructor without parameters; neither need be public
     */
    Class<? extends Customizer> customizer() default Defaults.class;

    /**
     * The time of the clock when the service is built.
     *
     * @return an instant as {@link java.time.Instant#parse} reads it
     */
    String startsAt() default "2026-01-01T12:00:00Z";

    /** Changes the settings of a service before it is built. */
    @FunctionalInterface
    interface Customizer {
        /**
         * Called once for each service.
         *
         * @param builder has all that the service needs; what is set here replaces it. A store of your own should have the
         *     same clock, and is not closed.
         */
        void customize(Panocrypt.Builder builder);
    }

    /** Changes nothing. */
    final class Defaults implements Customizer {
        /** Called by the extension. */
        public Defaults() {}

        @Override
        public void customize(Panocrypt.Builder builder) {
            // The settings stay as they are.
        }
    }
}
