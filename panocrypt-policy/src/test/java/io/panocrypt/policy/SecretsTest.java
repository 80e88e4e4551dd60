package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.internal.hash.TokenHash;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretsTest {
    private final TestService house = new TestService();
    private final Device device = house.device("web-1");
    private final String administrator =
            house.service.members().createFirstAdministrator().orElseThrow();

    @AfterEach
    void close() {
        house.close();
    }

    /** Secrets that must not reach a log: the unlock token, sealed keys, the administrator's token and its hash. */
    private List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        secrets.add(device.token());
        house.stored(device).keys().forEach(key -> {
            secrets.add(text(key.signing().sealed()));
            secrets.add(text(key.exchange().sealed()));
        });
        secrets.add(administrator);
        secrets.add(TokenHash.of(administrator));
        return secrets;
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void assertSilent(Object speaker) {
        String said = String.valueOf(speaker);
        secrets().forEach(secret -> assertFalse(said.contains(secret), said));
    }

    /** What somebody typed in the wrong place may be a token or a private key. */
    @Test
    void areNotQuotedAtLengthInAProblem() {
        assertEquals(
                administrator.substring(0, 8) + "... (" + administrator.length() + " characters)",
                OperationException.quoted(administrator));
        assertFalse(OperationException.quoted(device.token())
                .contains(device.token().substring(8)));
        for (String harmless : List.of(
                "Rack 4", "\"2001:db8:1111:2222:3333:4444:5555:6666/129\"", "192.0.2.1/24", "::ffff:192.0.2.1", "")) {
            assertEquals(harmless, OperationException.quoted(harmless));
        }
        String hex = "0123456789abcdef".repeat(2);
        assertEquals("01234567... (32 characters)", OperationException.quoted(hex));
    }

    @Test
    void standInNoText() {
        PolicyRecord record = house.memory.get(PolicyRecord.DEVICE, device.id()).orElseThrow();
        assertTrue(record.body().contains(device.token()));
        assertSilent(device);
        assertSilent(record);
        assertSilent(house.memory.snapshot("token:" + device.token()));
        assertSilent(house.service.members().authenticate(administrator));
        assertSilent(house.memory.scan("member", null, null, 1000));
        assertSilent(new Change.Put(record));
        assertSilent(new WriteResult.Taken("device", "token:" + device.token()));
        assertSilent(TestService.attempt(device, HOME));
        assertSilent(device.keys());
        assertSilent(house.memory.get("site", "site"));
    }

    @Test
    void standInNoRowOfTheJournal() {
        house.service
                .devices()
                .edit(OPERATOR, device.id(), 1, DeviceChange.none().withTags("a"), false);
        house.service.devices().rotateKeys(OPERATOR, device.id());
        house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
        house.unlock(device, HOME);
        house.service.members().replaceAdministratorToken();
        house.service.devices().revoke(OPERATOR, device.id(), "web-1");
        house.service.history().checkpoint();
        List<JournalRow> rows = house.memory.chain("node-1", 0, 1000);
        assertEquals(10, rows.size());
        for (JournalRow row : rows) {
            assertFalse(row.toString().contains(device.token()), row.toString());
            assertFalse(row.toString().contains("sealed"), row.toString());
            assertFalse(row.toString().contains("tokenHash"), row.toString());
        }
    }

    @Test
    void standInNoLogAndNoFault() {
        List<String> logged = new ArrayList<>();
        Logger logger = Logger.getLogger("io.panocrypt.policy");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getMessage()
                        + java.util.Arrays.toString(entry.getParameters())
                        + trace(entry.getThrown()));
            }

            @Override
            public void flush() {
                logged.add("");
            }

            @Override
            public void close() {
                logged.clear();
            }
        };
        logger.addHandler(handler);
        try {
            ForwardingStore store = new ForwardingStore(house.memory) {
                @Override
                public Optional<io.panocrypt.policy.spi.store.DecisionSnapshot> snapshot(String uniqueTerm) {
                    return super.snapshot(uniqueTerm)
                            .map(found -> new io.panocrypt.policy.spi.store.DecisionSnapshot(
                                    found.now(),
                                    found.epoch(),
                                    broken(found.device()),
                                    found.grants(),
                                    found.requests()));
                }

                @Override
                public Optional<PolicyRecord> get(String kind, String id) {
                    return super.get(kind, id).map(found -> kind.equals("device") ? broken(found) : found);
                }
            };
            try (Panocrypt node = house.open(store, house.custody)) {
                assertEquals(new UnlockResult.Unavailable(), node.unlock(TestService.attempt(device, HOME)));
                StoreException fault =
                        assertThrows(StoreException.class, () -> node.devices().get(device.id()));
                assertSilent(trace(fault));
            }
            assertFalse(logged.isEmpty());
            logged.forEach(this::assertSilent);
        } finally {
            logger.removeHandler(handler);
        }
    }

    private static PolicyRecord broken(PolicyRecord found) {
        return new PolicyRecord(
                found.kind(),
                found.id(),
                found.version(),
                found.body().replace("\"version\":", "\"version\":x"),
                found.uniqueTerms(),
                found.terms());
    }

    private static String trace(Throwable fault) {
        java.io.StringWriter text = new java.io.StringWriter();
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            text.append(cause.toString()).append('\n');
        }
        return text.toString();
    }

    @Test
    void keepBeforeAndAfterOfEveryEditInTheAudit() {
        house.clock.advance(Duration.ofSeconds(1));
        DeviceChange change =
                DeviceChange.none().withCurve(Curve.P_384).withTags("a").withVolumes(2);
        house.service.devices().edit(OPERATOR, device.id(), 1, change, false);
        AuditRecord row = house.service.history().audit(null, 1).items().get(0);
        assertEquals("host", row.actor());
        assertEquals("device.edit", row.action());
        assertEquals("device", row.kind());
        assertEquals(device.id(), row.objectId());
        assertEquals(house.clock.instant(), row.time());
        for (Map.Entry<String, String> member : Map.of(
                        "\"curve\":\"P-256\"", "\"curve\":\"P-384\"",
                        "\"tags\":[]", "\"tags\":[\"a\"]",
                        "\"volumes\":1", "\"volumes\":2",
                        "\"version\":1", "\"version\":2")
                .entrySet()) {
            assertTrue(row.before().contains(member.getKey()), row.before());
            assertTrue(row.after().contains(member.getValue()), row.after());
        }
    }

    @Test
    void nameEveryActInTheAudit() {
        var list = house.service.networkAccessLists().create(OPERATOR, "l", List.of(Cidr.parse("192.0.2.1")), false);
        house.service.networkAccessLists().edit(OPERATOR, list.id(), 1, "m", null, null);
        house.service.networkAccessLists().delete(OPERATOR, list.id());
        var allowance = house.service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
        house.service.allowances().cancel(OPERATOR, device.id(), allowance.id());
        house.service.temporaryDenies().deny(OPERATOR, device.id(), null, Duration.ofMinutes(1), "c");
        house.service.temporaryDenies().lift(OPERATOR, device.id());
        var lockdown = house.service.lockdowns().start(OPERATOR, List.of(), "r");
        house.service.lockdowns().lift(OPERATOR, lockdown.id());
        house.service.devices().disable(OPERATOR, device.id());
        house.service.devices().enable(OPERATOR, device.id());
        house.service.devices().rotateKeys(OPERATOR, device.id());
        house.service.devices().destroyGeneration(OPERATOR, device.id(), 1, null);
        house.service.devices().revoke(OPERATOR, device.id(), "web-1");
        List<AuditRecord> rows =
                new ArrayList<>(house.service.history().audit(null, 100).items());
        java.util.Collections.reverse(rows);
        assertEquals(
                "site.create device.create member.create network-access-list.create network-access-list.edit"
                        + " network-access-list.delete allowance.grant allowance.cancel device.deny"
                        + " device.lift-temporary-deny lockdown.start lockdown.lift device.disable device.enable"
                        + " device.rotate-keys device.destroy-generation device.revoke",
                String.join(" ", rows.stream().map(AuditRecord::action).toList()));
    }
}
