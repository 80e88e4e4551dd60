package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.notify.MailNotifier;
import io.panocrypt.policy.notify.MailServer;
import io.panocrypt.policy.notify.MailServer.Security;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.testkit.notify.NotifierFixture.Behaviour;
import io.panocrypt.testkit.notify.SmtpReceiver.Mode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of a relay at each step of a delivery, and the name in the greeting. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MailStepsTest {
    private static final URI ADA = URI.create("mailto:ada@example.org");
    private static final String PASSWORD = "correct horse battery";

    private SSLContext tls;
    private SmtpReceiver receiver;

    @BeforeAll
    void makeCertificate(@TempDir Path folder) throws Exception {
        tls = TestTls.create(folder);
    }

    @BeforeEach
    void listen() throws IOException {
        receiver = new SmtpReceiver(Mode.STARTTLS, tls);
    }

    @AfterEach
    void close() throws IOException {
        receiver.close();
    }

    private MailServer server() {
        return MailServer.of("127.0.0.1", receiver.port(), Security.STARTTLS, "panocrypt@example.net")
                .withLogin("panocrypt", PASSWORD.toCharArray());
    }

    private Delivery deliver(MailServer server) {
        return new MailNotifier(server, Duration.ofMinutes(2), tls.getSocketFactory())
                .deliver(Notices.waiting("n-1"), ADA);
    }

    private String later() {
        return assertInstanceOf(Delivery.Later.class, deliver(server())).cause();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 421 4.3.2 not now, at the greeting: 4.3.2 not now",
        "'', 554 5.7.1 your network is blocked, at the greeting: 5.7.1 your network is blocked",
        "EHLO, 421 4.7.0 too many connections, at EHLO: 4.7.0 too many connections",
        "EHLO, 450 4.7.1 reverse lookup fails, at EHLO: 4.7.1 reverse lookup fails",
        "EHLO, 550 5.7.1 need a real name, at EHLO: 5.7.1 need a real name",
        "EHLO over TLS, 451 4.3.0 busy, at EHLO: 4.3.0 busy",
        "EHLO over TLS, 554 5.5.0 no, at EHLO: 5.5.0 no",
        "STARTTLS, 454 4.7.0 no TLS now, at STARTTLS: 4.7.0 no TLS now",
        "STARTTLS, 554 5.3.0 no TLS, at STARTTLS: 5.3.0 no TLS",
        "AUTH, 454 4.7.0 no database, at the login: 4.7.0",
        "AUTH, 535 5.7.8 bad password, at the login: 5.7.8",
        "AUTH, 421 too busy to check, at the login",
        "MAIL, 451 4.1.8 no such domain, at MAIL FROM: 4.1.8 no such domain",
        "MAIL, 553 5.7.1 not your address, at MAIL FROM: 5.7.1 not your address",
        "RCPT, 450 4.2.0 greylisted for 300 s, at RCPT TO: 4.2.0 greylisted for 300 s",
        "RCPT, 530 5.7.0 log in first, at RCPT TO: 5.7.0 log in first",
        "RCPT, 503 5.5.1 out of order, at RCPT TO: 5.5.1 out of order",
        "DATA, 451 4.3.0 no disk, at DATA: 4.3.0 no disk",
        "DATA, 503 5.5.1 no recipients, at DATA: 5.5.1 no recipients",
        "., 451 4.7.1 scanner is away, after the message: 4.7.1",
        "., 421 4.3.2 bye, after the message: 4.3.2"
    })
    void meansLaterWhateverConcernsAllMailAndSaysSoInTheRelaysWords(String command, String answer, String cause)
            throws IOException {
        receiver.answer(command, answer);
        assertEquals("the mail server answered " + answer.substring(0, 3) + " " + cause, later());
        receiver.behave(Behaviour.TAKES);
        assertEquals(new Delivery.Done(), deliver(server()), "nothing is closed for ever");
    }

    @Test
    void tellsARelayThatIsAwayFromOneThatRefuses() throws IOException {
        receiver.behave(Behaviour.IS_AWAY);
        assertEquals("the mail server could not be reached", later());
        receiver.behave(Behaviour.CUTS_OFF);
        assertEquals("the connection to the mail server broke off after the message", later());
    }

    @Test
    void namesWhatIsWrongWithTls() throws IOException {
        receiver.answer("EHLO", "250 receiver.test");
        assertEquals("the mail server offers no STARTTLS", later());
        receiver.behave(Behaviour.TAKES);
        Delivery untrusted = new MailNotifier(server(), Duration.ofMinutes(2), Outbound.defaultTls())
                .deliver(Notices.waiting("n-1"), ADA);
        assertEquals(
                "TLS with the mail server failed",
                assertInstanceOf(Delivery.Later.class, untrusted).cause());
    }

    @Test
    void keepsTheRelaysWordsOnOneShortLine() {
        receiver.answer(
                "EHLO", "550-5.7.1 first\u001b[2J line\r\n550-5.7.1 first\u001b[2J line\r\n550 " + "x".repeat(400));
        String cause = later();
        assertTrue(cause.startsWith("the mail server answered 550 at EHLO: 5.7.1 first [2J line xxx"), cause);
        assertTrue(cause.length() <= 200 && cause.codePoints().noneMatch(Character::isISOControl), cause);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTH", "MAIL", "RCPT", "DATA", "."})
    void repeatsNeitherThePasswordNorTheMessage(String command) {
        String login =
                Base64.getEncoder().encodeToString(("\0panocrypt\0" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        for (String secret : List.of(PASSWORD, login)) {
            receiver.answer(command, "450 4.0.0 web-1: waits for approval, " + secret);
            String cause = later();
            assertFalse(cause.contains(secret), cause);
            assertFalse(cause.contains("waits for approval"), cause);
        }
    }

    @Test
    void greetsByTheNameThatItIsGiven() {
        deliver(server().withHello("panocrypt.example.net"));
        deliver(server().withHello("[IPv6:2001:db8::1]"));
        assertEquals(
                List.of("panocrypt.example.net", "panocrypt.example.net", "[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"),
                receiver.hellos());
    }

    @Test
    void greetsByAFullNameOrAnAddress() {
        assertEquals(new Delivery.Done(), deliver(server()));
        for (String hello : receiver.hellos()) {
            assertTrue(hello.matches("(?!localhost).+\\..+|\\[.+]"), hello);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a b", "a\r\nMAIL FROM:<x@y>", "-a.example", "[192.0.2.1", "192.0.2.1]", "[a]", "a..b"})
    void greetsByNothingElse(String name) {
        MailServer server = server();
        assertThrows(IllegalArgumentException.class, () -> server.withHello(name));
    }
}
