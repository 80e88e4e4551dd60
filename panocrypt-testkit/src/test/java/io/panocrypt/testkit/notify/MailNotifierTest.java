package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.notify.MailNotifier;
import io.panocrypt.policy.notify.MailServer;
import io.panocrypt.policy.notify.MailServer.Security;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.testkit.notify.SmtpReceiver.Mode;
import io.panocrypt.testkit.notify.SmtpReceiver.Taken;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MailNotifierTest {
    private static final URI ADA = URI.create("mailto:ada@example.org");
    private static final String PASSWORD = "correct horse battery";

    private SSLContext tls;

    @BeforeAll
    void makeCertificate(@TempDir Path folder) throws Exception {
        tls = TestTls.create(folder);
    }

    private MailServer server(SmtpReceiver receiver, Security security) {
        return MailServer.of("127.0.0.1", receiver.port(), security, "panocrypt@example.net");
    }

    private Notifier notifier(MailServer server, Duration limit) {
        return new MailNotifier(server, limit, tls.getSocketFactory());
    }

    private static MimeMessage parse(Taken taken) {
        try {
            return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(taken.content()));
        } catch (MessagingException e) {
            throw new AssertionError("not a mail", e);
        }
    }

    /** All headers that a mail program shows, decoded, and the text. */
    private static String shown(MimeMessage mail) {
        try {
            return "Subject: " + mail.getSubject() + "\n"
                    + mail.getContent().toString().replace("\r\n", "\n");
        } catch (MessagingException | IOException e) {
            throw new AssertionError("not a mail that can be read", e);
        }
    }

    private static String header(MimeMessage mail, String name) {
        try {
            return mail.getHeader(name, null);
        } catch (MessagingException e) {
            throw new AssertionError("not a mail that can be read", e);
        }
    }

    @Nested
    class ByTheContract extends NotifierContract {
        @Override
        protected NotifierFixture open() throws IOException {
            return new Fixture();
        }
    }

    private final class Fixture implements NotifierFixture {
        private final SmtpReceiver receiver = new SmtpReceiver(Mode.STARTTLS, tls);
        private final MailServer server =
                server(receiver, Security.STARTTLS).withLogin("panocrypt", PASSWORD.toCharArray());
        private final Notifier hurried = MailNotifierTest.this.notifier(server, Duration.ofSeconds(2));
        private final Notifier patient = MailNotifierTest.this.notifier(server, Outbound.PATIENT);
        private volatile boolean hangs;

        Fixture() throws IOException {}

        /** Uses a short timeout only if the test must reach it: other deliveries may be slow on a busy machine. */
        @Override
        public Notifier notifier() {
            return hangs ? hurried : patient;
        }

        @Override
        public Notifier patient() {
            return patient;
        }

        @Override
        public URI contact() {
            return ADA;
        }

        @Override
        public void behave(Behaviour behaviour) throws IOException {
            hangs = behaviour == Behaviour.HANGS;
            receiver.behave(behaviour);
        }

        @Override
        public List<Received> received() {
            return receiver.taken().stream()
                    .map(MailNotifierTest::parse)
                    .map(mail -> new Received(header(mail, "Message-ID"), MailNotifierTest.shown(mail)))
                    .toList();
        }

        @Override
        public List<String> secrets() {
            return List.of(PASSWORD);
        }

        @Override
        public List<URI> unreadable() {
            return List.of(
                    URI.create("mailto:ada"),
                    URI.create("mailto:ada@example.org,eve@example.org"),
                    URI.create("mailto:ada@example.org?bcc=eve@example.org"),
                    URI.create("mailto:ada%0d%0aRCPT%20TO:%3Ceve@example.org"));
        }

        @Override
        public void close() throws IOException {
            receiver.close();
        }
    }

    @Nested
    class OnTheWire {
        private Taken taken(Mode mode, Security security, Notice notice) throws IOException {
            try (SmtpReceiver receiver = new SmtpReceiver(mode, tls)) {
                MailServer plain = server(receiver, security);
                MailServer server =
                        security == Security.UNENCRYPTED ? plain : plain.withLogin("panocrypt", PASSWORD.toCharArray());
                assertEquals(
                        new Delivery.Done(), notifier(server, Outbound.PATIENT).deliver(notice, ADA));
                assertEquals(1, receiver.taken().size());
                return receiver.taken().get(0);
            }
        }

        @Test
        void mailsWhatTheDocumentationShows() throws IOException {
            Taken taken = taken(Mode.PLAIN, Security.UNENCRYPTED, Notices.waiting("n-1"));
            assertEquals("panocrypt@example.net", taken.from());
            assertEquals(List.of("ada@example.org"), taken.to());
            MimeMessage mail = parse(taken);
            assertEquals("panocrypt@example.net", header(mail, "From"));
            assertEquals("ada@example.org", header(mail, "To"));
            assertEquals("<n-1@example.net>", header(mail, "Message-ID"));
            assertEquals("auto-generated", header(mail, "Auto-Submitted"));
            assertEquals("text/plain; charset=UTF-8", header(mail, "Content-Type"));
            assertTrue(header(mail, "Date").contains("24 Nov 2026"), header(mail, "Date"));
            assertEquals("""
                    Subject: web-1: waits for approval
                    waits for approval

                    Device: web-1
                    Device id: dev-1
                    Source: 192.0.2.7
                    Waiting since: 2026-11-24T07:58:00Z
                    Event: request.opened
                    Time: 2026-11-24T07:59:00Z

                    https://panocrypt.example/console/requests/1

                    This message authorises nothing: you must sign in to use the link.
                    """, shown(mail));
        }

        @ParameterizedTest
        @CsvSource({"STARTTLS, STARTTLS", "TLS, TLS"})
        void logsInOverTls(Mode mode, Security security) throws IOException {
            Taken taken = taken(mode, security, Notices.waiting("n-1"));
            assertTrue(taken.secure());
            assertEquals("panocrypt\0" + PASSWORD, taken.login());
        }

        @Test
        void addsNoHeaderAndNoRecipientWhateverTheTextSays() throws IOException {
            String hostile = "x\r\nBcc: eve@example.org\r\n\r\n.\r\nMAIL FROM:<eve@example.org>\r\n";
            Notice notice = new Notice(
                    "n-1" + hostile,
                    hostile,
                    Instant.EPOCH,
                    Optional.of(hostile),
                    Optional.of(hostile),
                    Optional.of(hostile),
                    Optional.empty(),
                    hostile,
                    Optional.empty());
            Taken taken = taken(Mode.PLAIN, Security.UNENCRYPTED, notice);
            assertEquals(List.of("ada@example.org"), taken.to());
            String head = new String(taken.content(), StandardCharsets.ISO_8859_1).split("\r\n\r\n", 2)[0];
            List<String> names = Stream.of(head.split("\r\n(?![ \t])"))
                    .map(line -> line.substring(0, line.indexOf(':')))
                    .sorted()
                    .toList();
            assertEquals(
                    List.of(
                            "Auto-Submitted",
                            "Content-Transfer-Encoding",
                            "Content-Type",
                            "Date",
                            "From",
                            "MIME-Version",
                            "Message-ID",
                            "Subject",
                            "To"),
                    names);
        }

        @Test
        void sendsNothingToAServerThatOffersNoTls() throws IOException {
            try (SmtpReceiver receiver = new SmtpReceiver(Mode.PLAIN, null)) {
                Notifier notifier = notifier(server(receiver, Security.STARTTLS), Outbound.PATIENT);
                assertInstanceOf(Delivery.Later.class, notifier.deliver(Notices.waiting("n-1"), ADA));
                assertEquals(List.of(), receiver.taken());
            }
        }

        @ParameterizedTest
        @EnumSource(names = {"STARTTLS", "TLS"})
        void sendsNothingToAServerThatItsTrustDoesNotKnow(Mode mode) throws IOException {
            try (SmtpReceiver receiver = new SmtpReceiver(mode, tls)) {
                MailServer server = server(receiver, Security.valueOf(mode.name()));
                Notifier notifier = new MailNotifier(server, Outbound.PATIENT, Outbound.defaultTls());
                assertInstanceOf(Delivery.Later.class, notifier.deliver(Notices.waiting("n-1"), ADA));
                assertEquals(List.of(), receiver.taken());
            }
        }

        @ParameterizedTest
        @EnumSource(names = {"STARTTLS", "TLS"})
        void sendsNothingToAServerOfAnotherName(Mode mode) throws IOException {
            try (SmtpReceiver receiver = new SmtpReceiver(mode, tls)) {
                MailServer server = MailServer.of(
                        "localhost", receiver.port(), Security.valueOf(mode.name()), "panocrypt@example.net");
                assertInstanceOf(
                        Delivery.Later.class, notifier(server, Outbound.PATIENT).deliver(Notices.waiting("n-1"), ADA));
                assertEquals(List.of(), receiver.taken());
            }
        }
    }

    @Nested
    class Answers {
        private Delivery deliver(SmtpReceiver receiver) {
            return notifier(server(receiver, Security.UNENCRYPTED), Outbound.PATIENT)
                    .deliver(Notices.waiting("n-1"), ADA);
        }

        @ParameterizedTest
        @CsvSource({
            "421 4.3.2 shutting down, Later",
            "450 4.2.1 greylisted, Later",
            "452 4.2.2 over quota, Later",
            "550 no, Refused",
            "550 5.7.1 spam, Refused",
            "550 5.1.1 no such user, Gone",
            "550-5.1.1 no such user, Gone",
            "551 5.1.6 moved, Gone",
            "552 5.2.2 full, Later",
            "553 5.1.3 bad syntax, Refused",
            "556 5.1.10 null MX, Gone"
        })
        void toTheRecipientAreRead(String answer, String meaning) throws IOException {
            try (SmtpReceiver receiver = new SmtpReceiver(Mode.PLAIN, null)) {
                receiver.answer("RCPT", answer.charAt(3) == '-' ? answer + "\r\n" + answer.replace('-', ' ') : answer);
                assertEquals(meaning, deliver(receiver).getClass().getSimpleName());
            }
        }

        @ParameterizedTest
        @CsvSource({"451 4.3.0 fault, Later", "552 5.3.4 too big, Later", "554 5.7.1 spam, Refused", "250 ok, Done"})
        void toTheMessageAreRead(String answer, String meaning) throws IOException {
            try (SmtpReceiver receiver = new SmtpReceiver(Mode.PLAIN, null)) {
                receiver.answer(".", answer);
                assertEquals(meaning, deliver(receiver).getClass().getSimpleName());
            }
        }

        @Test
        void toTheLoginMeanLater() throws IOException {
            try (SmtpReceiver receiver = new SmtpReceiver(Mode.STARTTLS, tls)) {
                MailServer server = server(receiver, Security.STARTTLS).withLogin("ada", "wrong".toCharArray());
                assertEquals(
                        new Delivery.Later("the mail server answered 535 at the login: 5.7.8", Optional.empty()),
                        notifier(server, Outbound.PATIENT).deliver(Notices.waiting("n-1"), ADA));
            }
        }

        @Test
        void toTheSenderMeanLater() throws IOException {
            try (SmtpReceiver receiver = new SmtpReceiver(Mode.PLAIN, null)) {
                MailServer server =
                        MailServer.of("127.0.0.1", receiver.port(), Security.UNENCRYPTED, "nobody@example.net");
                assertEquals(
                        new Delivery.Later(
                                "the mail server answered 550 at MAIL FROM: 5.7.1 not you", Optional.empty()),
                        notifier(server, Outbound.PATIENT).deliver(Notices.waiting("n-1"), ADA));
            }
        }
    }
}
