package io.panocrypt.testkit.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.testkit.notify.NotifierFixture.Behaviour;
import io.panocrypt.testkit.notify.NotifierFixture.Received;
import io.panocrypt.testkit.support.Parallel;
import io.panocrypt.testkit.support.RuleNames;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every {@link Notifier} must do. Extend it and open your channel; each test's display name begins with its rule.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><th>id</th><th>rule</th></tr>
 * <tr><td>N1</td><td>it names its schemes, in lower case</td></tr>
 * <tr><td>N2</td><td>a notice that it calls done has arrived, once</td></tr>
 * <tr><td>N3</td><td>a repeated notice has the same id, another notice another</td></tr>
 * <tr><td>N4</td><td>a busy receiver is later, after what it asks for</td></tr>
 * <tr><td>N5</td><td>a receiver that fails, cuts off or is away is later</td></tr>
 * <tr><td>N6</td><td>a receiver that refuses has refused</td></tr>
 * <tr><td>N7</td><td>a contact that is gone is gone</td></tr>
 * <tr><td>N8</td><td>a receiver that hangs is later, in bounded time</td></tr>
 * <tr><td>N9</td><td>an interrupt ends a delivery and stays visible</td></tr>
 * <tr><td>N10</td><td>a receiver that comes back gets the notice, once</td></tr>
 * <tr><td>N11</td><td>hostile text arrives as text of one notice, or not at all</td></tr>
 * <tr><td>N12</td><td>a notice without device, source and link arrives</td></tr>
 * <tr><td>N13</td><td>a notice shows device, source, since when, text and link</td></tr>
 * <tr><td>N14</td><td>a cause is one short line without secrets, and so is {@code toString}</td></tr>
 * <tr><td>N15</td><td>notices from many threads arrive, each once</td></tr>
 * <tr><td>N16</td><td>a contact that it cannot read is refused, and nothing is sent</td></tr>
 * <tr><td>N17</td><td>a receiver that refuses the sender is later, and gets the notice once that is mended</td></tr>
 * </table>
 */
@ExtendWith(RuleNames.class)
@SuppressWarnings("exports") // only JUnit uses the extension
public abstract class NotifierContract {
    private static final Instant TIME = Instant.parse("2026-03-29T01:59:59.987Z");
    private static final int THREADS = 8;
    private static final int MAX_CAUSE = 200;

    private @Nullable NotifierFixture opened;

    /** Called by subclasses. */
    protected NotifierContract() {}

    /** Opens a channel with a receiver that no other test uses. */
    protected abstract NotifierFixture open() throws Exception;

    /**
     * The extra time beyond {@link NotifierFixture#bound} for a machine under load; {@link TestTimeout#MAX} unless
     * overridden.
     */
    protected Duration slack() {
        return TestTimeout.MAX;
    }

    @BeforeEach
    final void openChannel() throws Exception {
        opened = open();
    }

    @AfterEach
    final void closeChannel() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }

    private NotifierFixture fixture() {
        if (opened == null) {
            throw new IllegalStateException("no channel is open");
        }
        return opened;
    }

    @Test
    @DisplayName("N1 a notifier names its schemes in lower case")
    void namesItsSchemes() {
        Set<String> schemes = fixture().notifier().schemes();
        assertTrue(schemes.contains(fixture().contact().getScheme()), "the contact's scheme is not served");
        for (String scheme : schemes) {
            assertEquals(scheme.toLowerCase(Locale.ROOT), scheme);
        }
    }

    @Test
    @DisplayName("N2 a notice that it calls done has arrived once")
    void deliversOnce() {
        assertEquals(new Delivery.Done(), deliver(notice("n-1")));
        assertEquals(1, fixture().received().size());
    }

    @Test
    @DisplayName("N3 a repeated notice has the same id, another notice another")
    void repeatsTheId() {
        deliver(notice("n-1"));
        deliver(notice("n-1"));
        deliver(notice("n-2"));
        List<String> ids = ids();
        assertEquals(3, ids.size());
        assertEquals(ids.get(0), ids.get(1));
        assertNotEquals(ids.get(0), ids.get(2));
    }

    @Test
    @DisplayName("N4 a busy receiver is later, after what it asks for")
    void waitsForABusyReceiver() throws IOException {
        behave(Behaviour.IS_BUSY);
        Delivery.Later later = assertInstanceOf(Delivery.Later.class, deliver(notice("n-1")));
        if (fixture().busyFor().isPresent()) {
            assertEquals(fixture().busyFor(), later.after());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILS", "CUTS_OFF", "IS_AWAY"})
    @DisplayName("N5 a receiver that fails, cuts off or is away is later")
    void comesBackToAReceiverThatFails(Behaviour behaviour) throws IOException {
        behave(behaviour);
        assertInstanceOf(Delivery.Later.class, deliver(notice("n-1")));
        assertEquals(List.of(), fixture().received());
    }

    @Test
    @DisplayName("N6 a receiver that refuses has refused")
    void tellsARefusal() throws IOException {
        behave(Behaviour.REFUSES);
        assertInstanceOf(Delivery.Refused.class, deliver(notice("n-1")));
    }

    @Test
    @DisplayName("N7 a contact that is gone is gone")
    void tellsThatAContactIsGone() throws IOException {
        behave(Behaviour.IS_GONE);
        assertInstanceOf(Delivery.Gone.class, deliver(notice("n-1")));
    }

    @Test
    @DisplayName("N8 a receiver that hangs is later, in bounded time")
    void endsWhenAReceiverHangs() throws Exception {
        behave(Behaviour.HANGS);
        CompletableFuture<Delivery> delivery = inThread(() -> deliver(notice("n-1")), new CompletableFuture<>());
        assertInstanceOf(Delivery.Later.class, within(fixture().bound().plus(slack()), delivery));
    }

    @Test
    @DisplayName("N9 an interrupt ends a delivery and stays visible")
    void endsWhenInterrupted() throws Exception {
        behave(Behaviour.HANGS);
        CompletableFuture<Thread> started = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = inThread(
                () -> {
                    fixture().patient().deliver(notice("n-1"), fixture().contact());
                    return Thread.currentThread().isInterrupted();
                },
                started);
        within(TestTimeout.MAX, started).interrupt();
        assertTrue(within(TestTimeout.MAX, interrupted), "nobody can see any more that the thread was interrupted");
    }

    @ParameterizedTest
    @EnumSource(names = {"IS_BUSY", "FAILS", "HANGS", "CUTS_OFF", "IS_AWAY"})
    @DisplayName("N10 a receiver that comes back gets the notice once")
    void deliversWhenTheReceiverIsBack(Behaviour behaviour) throws IOException {
        behave(behaviour);
        assertInstanceOf(Delivery.Later.class, deliver(notice("n-1")));
        fixture().behave(Behaviour.TAKES);
        assertEquals(new Delivery.Done(), deliver(notice("n-1")));
        assertEquals(1, fixture().received().size());
    }

    /** Texts that try to end lines, headers, quotes or buffers, or to change the reading direction. */
    static List<String> hostileTexts() {
        return List.of(
                "",
                "a\r\nBcc: eve@example.org\r\n\r\nInjected: yes",
                "a\nInjected: yes",
                "a\r.\r\nQUIT\r\n",
                "a\u0000b\u001b[2Jc\u0085Injected: yes\u2028Injected: yes",
                "\"},{\"type\":\"x\"} \\\" \\u0000 {0} %s %n ${jndi:x}",
                "</script><img src=x onerror=alert(1)>&amp;",
                "\u202eredro reversed\u2066 isolated",
                "\u05e9\u05dc\u05d5\u05dd \u0627\u0644\u0633\u0644\u0627\u0645",
                "\ud83d\udd13\ud83d\udc69\u200d\ud83d\udcbb \ud83d",
                "x".repeat(10_000),
                "\ud83d\udd13".repeat(10_000),
                "\"\\".repeat(5_000));
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    @DisplayName("N11 hostile text arrives as text of one notice")
    void carriesHostileText(String text) {
        Notice notice = new Notice(
                "n-1",
                text + "e",
                TIME,
                Optional.of("dev-1" + text),
                Optional.of("web-1" + text),
                Optional.of(text),
                Optional.of(TIME),
                text,
                Optional.of(URI.create("https://panocrypt.example/console/requests/1")));
        assertEquals(new Delivery.Done(), deliver(notice));
        assertEquals(1, fixture().received().size());
        String shown = fixture().received().get(0).text();
        assertTrue(shown.lines().noneMatch(line -> line.startsWith("Injected:") || line.startsWith("Bcc:")), shown);
        assertTrue(shown.codePoints().noneMatch(NotifierContract::disturbs), "a character that disturbs is shown");
    }

    private static boolean disturbs(int point) {
        return point != '\n' && Character.isISOControl(point) || point == 0x2028 || point == 0x202e || point == 0x2066;
    }

    @Test
    @DisplayName("N12 a notice without device, source and link arrives")
    void carriesASparseNotice() {
        Notice sparse = new Notice(
                "n-1",
                "outbox.dead",
                TIME,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "a notice was given up",
                Optional.empty());
        assertEquals(new Delivery.Done(), deliver(sparse));
        String shown = fixture().received().get(0).text();
        assertTrue(shown.contains("a notice was given up"), shown);
        assertFalse(shown.contains("null") || shown.contains("Optional"), shown);
    }

    @Test
    @DisplayName("N13 a notice shows device, source, since when, text and link")
    void showsWhatANoticeCarries() {
        deliver(notice("n-1"));
        String shown = fixture().received().get(0).text();
        for (String part : List.of(
                "web-1",
                "192.0.2.7",
                "2026-03-29T01:55:00Z",
                "waits for approval",
                "https://panocrypt.example/console/requests/n-1")) {
            assertTrue(shown.contains(part), () -> part + " is missing in " + shown);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("N14 a cause is one short line without secrets")
    void keepsSecretsOutOfCauses(Behaviour behaviour) throws IOException {
        behave(behaviour);
        assertTellsNoSecret(textOf(notice("n-1"), fixture().contact()));
        assertTellsNoSecret(fixture().notifier().toString());
        for (URI unreadable : fixture().unreadable()) {
            assertTellsNoSecret(textOf(notice("n-1"), unreadable));
        }
    }

    /** The cause of the delivery, or all texts of an exception. */
    private String textOf(Notice notice, URI contact) {
        try {
            Delivery delivery = fixture().notifier().deliver(notice, contact);
            String cause = cause(delivery);
            assertFalse(cause.codePoints().anyMatch(Character::isISOControl), cause);
            assertTrue(cause.length() <= MAX_CAUSE, cause);
            assertEquals(cause.isBlank(), delivery instanceof Delivery.Done, "a failure has a cause");
            return delivery.toString();
        } catch (RuntimeException e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            return trace.toString();
        }
    }

    private static String cause(Delivery delivery) {
        if (delivery instanceof Delivery.Later later) {
            return later.cause();
        }
        if (delivery instanceof Delivery.Refused refused) {
            return refused.cause();
        }
        return delivery instanceof Delivery.Gone gone ? gone.cause() : "";
    }

    private void assertTellsNoSecret(String told) {
        for (String secret : fixture().secrets()) {
            assertFalse(told.contains(secret), "a secret is told");
        }
    }

    @Test
    @DisplayName("N15 notices from many threads arrive, each once")
    void deliversFromManyThreads() throws Exception {
        List<Callable<Delivery>> work = IntStream.range(0, THREADS)
                .<Callable<Delivery>>mapToObj(i -> () -> deliver(notice("n-" + i)))
                .toList();
        for (Delivery delivery : Parallel.run(work)) {
            assertEquals(new Delivery.Done(), delivery);
        }
        assertEquals(THREADS, ids().size());
        assertEquals(THREADS, new HashSet<>(ids()).size());
        Set<String> links = fixture().received().stream()
                .map(received -> received.text().replaceAll("(?s).*requests/(n-\\d+).*", "$1"))
                .collect(Collectors.toSet());
        assertEquals(THREADS, links.size(), "notices were mixed up");
    }

    @Test
    @DisplayName("N16 a contact that it cannot read is refused, and nothing is sent")
    void refusesContactsThatItCannotRead() {
        List<URI> contacts = new ArrayList<>(fixture().unreadable());
        contacts.add(URI.create("tel:+491"));
        for (URI contact : contacts) {
            assertInstanceOf(Delivery.Refused.class, fixture().notifier().deliver(notice("n-1"), contact));
        }
        assertEquals(List.of(), fixture().received());
    }

    @Test
    @DisplayName("N17 a receiver that refuses the sender is later, and gets the notice once that is mended")
    void outlastsARefusalOfTheSender() throws IOException {
        behave(Behaviour.REFUSES_SENDER);
        assertInstanceOf(Delivery.Later.class, deliver(notice("n-1")));
        fixture().behave(Behaviour.TAKES);
        assertEquals(new Delivery.Done(), deliver(notice("n-1")));
        assertEquals(1, fixture().received().size());
    }

    private void behave(Behaviour behaviour) throws IOException {
        assumeTrue(fixture().behaviours().contains(behaviour), () -> "no receiver of this channel " + behaviour);
        fixture().behave(behaviour);
    }

    private Delivery deliver(Notice notice) {
        return fixture().notifier().deliver(notice, fixture().contact());
    }

    private List<String> ids() {
        return fixture().received().stream().map(Received::id).toList();
    }

    private static Notice notice(String id) {
        return new Notice(
                id,
                "request.opened",
                TIME,
                Optional.of("dev-1"),
                Optional.of("web-1"),
                Optional.of("192.0.2.7"),
                Optional.of(Instant.parse("2026-03-29T01:55:00Z")),
                "waits for approval",
                Optional.of(URI.create("https://panocrypt.example/console/requests/" + id)));
    }

    private static <T> CompletableFuture<T> inThread(Callable<T> work, CompletableFuture<Thread> started) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            started.complete(Thread.currentThread());
            try {
                result.complete(work.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static <T> T within(Duration bound, CompletableFuture<T> result) throws Exception {
        try {
            return result.get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("the delivery did not end in time", e);
        } catch (ExecutionException e) {
            throw new AssertionError("the delivery failed", e.getCause());
        }
    }
}
