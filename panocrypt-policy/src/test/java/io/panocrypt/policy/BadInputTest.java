package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreText;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input of strangers and viewers is refused, and never counted as an outage of the store. */
class BadInputTest {
    private final TestService house = new TestService();

    @AfterEach
    void close() {
        house.close();
    }

    /** A store that answers unstorable text like PostgreSQL's driver without a check: with a fault like an outage's. */
    private static final class Touchy extends ForwardingStore {
        private final AtomicInteger asked = new AtomicInteger();

        Touchy(TestService house) {
            super(house.memory);
        }

        private void check(String text) {
            if (!StoreText.isStorable(text)) {
                asked.incrementAndGet();
            }
        }

        @Override
        public Optional<PolicyRecord> get(String kind, String id) {
            check(id);
            return super.get(kind, id);
        }

        @Override
        public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
            check(uniqueTerm);
            return super.find(kind, uniqueTerm);
        }

        @Override
        public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
            check(uniqueTerm);
            return super.snapshot(uniqueTerm);
        }

        @Override
        public List<JournalRow> journal(JournalQuery query) {
            JournalQuery.Position before = query.before();
            check(before == null ? "" : before.chain());
            check(String.valueOf(query.deviceId()));
            return super.journal(query);
        }
    }

    private static String cursor(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1/1/a\0b", "1/1/\n", "1/1/\u007f", "1/1/", "1/-1/a", "1//a", "", "x/1/a"})
    void refusesACursorThatWasNeverGiven(String text) {
        OperationException refused = assertThrows(
                OperationException.class, () -> house.service.history().unlocks(null, cursor(text), 10));
        assertEquals(OperationException.Kind.INVALID, refused.kind());
        assertEquals(
                OperationException.Kind.INVALID,
                assertThrows(
                                OperationException.class,
                                () -> house.service.history().audit(cursor(text), 10))
                        .kind());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MS8xL_8", "MS8xL2E=", "MS8xL2F", "MS8xL2E\0", "\ud800"})
    void refusesACursorInAnotherForm(String cursor) {
        assertThrows(OperationException.class, () -> house.service.history().unlocks(null, cursor, 10));
    }

    @Test
    void takesTheCursorThatItGave() {
        house.device("web-1");
        house.device("web-2");
        String next = house.service.history().audit(null, 1).nextCursor().orElseThrow();
        assertEquals(1, house.service.history().audit(next, 1).items().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\ud800", "b\udfff"})
    void asksNoStoreForTextThatNoneKeeps(String text) {
        Touchy touchy = new Touchy(house);
        try (Panocrypt service = house.open(touchy, house.custody)) {
            assertThrows(StoreInputException.class, () -> service.devices().get(text));
            assertThrows(StoreInputException.class, () -> service.devices().byName(text));
            assertThrows(StoreInputException.class, () -> service.history().unlocks(text, null, 10));
            assertThrows(StoreInputException.class, () -> service.outbox().deadLetters(text, 10));
            assertThrows(StoreInputException.class, () -> service.members().list(text, 10));
            assertInstanceOf(
                    UnlockResult.NotFound.class, service.unlock(TestService.attempt(text, "kid", TestService.HOME)));
            assertInstanceOf(
                    UnlockResult.NotFound.class, service.unlock(TestService.attempt("token", text, TestService.HOME)));
            assertEquals(Optional.empty(), service.advertisement(text, null));
            assertEquals(0, touchy.asked.get());
            assertEquals(Optional.empty(), service.unreadyReason());
        }
    }

    @Test
    void refusesHalfOfASurrogatePairInWhatIsStored() {
        OperationException refused = assertThrows(
                OperationException.class,
                () -> house.service.lockdowns().start(TestService.OPERATOR, Set.of(), "because \ud800"));
        assertEquals(OperationException.Kind.INVALID, refused.kind());
        assertEquals(List.of(), house.service.lockdowns().list(null, 10).items());
    }

    @Test
    void repeatsNoCommitThatTheStoreRefusesAndCountsNoOutage() {
        AtomicInteger commits = new AtomicInteger();
        ForwardingStore store = new ActStore(house.memory) {
            @Override
            protected WriteResult commit(StoreWrite commit) {
                commits.incrementAndGet();
                throw new StoreInputException("an index key is too long");
            }
        };
        Device device = house.device("web-1");
        try (Panocrypt service = house.open(store, house.custody, TestService.TIMEOUT);
                LogLines lines = LogLines.of(Panocrypt.class.getName())) {
            assertInstanceOf(
                    UnlockResult.Unavailable.class, service.unlock(TestService.attempt(device, TestService.HOME)));
            assertEquals(1, commits.get());
            assertEquals(Optional.empty(), service.unreadyReason());
            assertEquals(1, lines.texts().size());
            assertEquals(
                    "single unlock requests fail, nothing is granted; further failures are counted:"
                            + " an index key is too long",
                    lines.texts().get(0));
        }
    }
}
