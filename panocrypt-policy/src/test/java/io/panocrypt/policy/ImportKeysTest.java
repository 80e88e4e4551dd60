package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PrivateJwk;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.ThumbprintAlgorithm;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.AuditRecord;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device made of the keys of a Tang server answers for each of them, by its policy. */
class ImportKeysTest {
    private final TestService site = new TestService();

    @AfterEach
    void close() {
        site.close();
    }

    static PrivateJwk key(KeyRole role, Curve curve) {
        return key(role, curve, false);
    }

    /** @param longX whether x is written with a zero byte in front */
    private static PrivateJwk key(KeyRole role, Curve curve, boolean longX) {
        try (EcKeyPair pair = TestService.ENGINE.generate(curve)) {
            Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
            byte[] x = pair.publicKey().x();
            byte[] written = new byte[x.length + 1];
            System.arraycopy(x, 0, written, 1, x.length);
            String json = "{\"kty\":\"EC\",\"crv\":\"" + curve.crv() + "\",\"alg\":\""
                    + PublicJwk.of(role, pair.publicKey()).algorithm() + "\",\"d\":\""
                    + encoder.encodeToString(pair.copyScalar()) + "\",\"x\":\""
                    + encoder.encodeToString(longX ? written : x) + "\",\"y\":\""
                    + encoder.encodeToString(pair.publicKey().y()) + "\"}";
            return PrivateJwk.parse(json.getBytes(StandardCharsets.US_ASCII));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DeviceChange wanted() {
        return DeviceChange.none().withName("site").withSources("10.0.0.0/24");
    }

    private Device imported(List<PrivateJwk> visible, List<PrivateJwk> hidden) {
        return site.service.devices().importKeys(TestService.OPERATOR, wanted(), visible, hidden);
    }

    private UnlockResult unlock(Device device, PrivateJwk key, String kid, String source) {
        byte[] body = RecoveryRequest.encode(EcPoint.generator(key.curve()));
        return site.service.unlock(
                new UnlockAttempt(device.token(), kid, TestService.request(body), TestService.address(source)));
    }

    /** Every kid answers with its key, and every signing key signs. */
    private void assertServesAll(Device device, List<PrivateJwk> keys) throws Exception {
        for (PrivateJwk key : keys) {
            for (ThumbprintAlgorithm algorithm : ThumbprintAlgorithm.values()) {
                String kid = key.publicKey().thumbprint(algorithm);
                UnlockResult result = unlock(device, key, kid, TestService.HOME);
                Optional<byte[]> signed = site.service.advertisement(device.token(), kid);
                if (key.role() == KeyRole.EXCHANGE) {
                    assertEquals(
                            key.publicKey().point(),
                            assertInstanceOf(UnlockResult.Answered.class, result)
                                    .point());
                    assertTrue(signed.isEmpty(), "an exchange key signs nothing");
                } else {
                    assertInstanceOf(UnlockResult.NotAnExchangeKey.class, result);
                    Advertisement.parse(signed.orElseThrow());
                }
            }
            assertTrue(key.pair().isConsistent(), "the keys stay the caller's");
        }
    }

    @Test
    void advertisesTheNewestOfEachRoleAndAnswersForAll() throws Exception {
        PrivateJwk oldSigning = key(KeyRole.SIGNING, Curve.P_521);
        PrivateJwk oldExchange = key(KeyRole.EXCHANGE, Curve.P_521);
        PrivateJwk signing = key(KeyRole.SIGNING, Curve.P_256);
        PrivateJwk exchange = key(KeyRole.EXCHANGE, Curve.P_384);

        Device device = imported(List.of(exchange, signing), List.of(oldSigning, oldExchange));

        assertEquals(2, device.keys().size());
        DeviceKey hidden = device.keys().get(0);
        assertTrue(hidden.hidden());
        assertEquals(oldSigning.publicKey(), hidden.signing());
        assertEquals(oldExchange.publicKey(), hidden.exchange());
        DeviceKey advertised = device.advertised().get(0);
        assertEquals(2, advertised.generation());
        assertEquals(signing.publicKey(), advertised.signing());
        assertEquals(exchange.publicKey(), advertised.exchange());
        assertEquals(Curve.P_384, device.curve(), "the next keys are like those of new bindings");
        Advertisement advertisement = Advertisement.parse(
                site.service.advertisement(device.token(), null).orElseThrow());
        assertEquals(List.of(exchange.publicKey(), signing.publicKey()), advertisement.keys());
        assertServesAll(device, List.of(oldSigning, oldExchange, signing, exchange));
    }

    @Test
    @Timeout(120)
    void servesEveryKeyOfAnyDirectory() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 12; round++) {
            List<PrivateJwk> visible = keys(random, random.nextInt(4));
            List<PrivateJwk> hidden = keys(random, random.nextInt(5));
            PrivateJwk needed = key(KeyRole.EXCHANGE, Curve.P_256);
            (random.nextBoolean() ? visible : hidden).add(needed);
            List<PrivateJwk> all =
                    Stream.concat(visible.stream(), hidden.stream()).toList();
            Device device = site.service
                    .devices()
                    .importKeys(TestService.OPERATOR, wanted().withName("site-" + round), visible, hidden);

            assertEquals(1, device.advertised().size());
            assertEquals(
                    device.keys().size(),
                    device.keys().get(device.keys().size() - 1).generation());
            visible.stream()
                    .filter(key -> key.role() == KeyRole.EXCHANGE)
                    .reduce((older, newer) -> newer)
                    .ifPresent(newest -> assertEquals(
                            newest.publicKey(), device.advertised().get(0).exchange()));
            assertServesAll(site.current(device), all);
        }
    }

    private static List<PrivateJwk> keys(Random random, int count) {
        List<PrivateJwk> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            KeyRole role = random.nextBoolean() ? KeyRole.SIGNING : KeyRole.EXCHANGE;
            keys.add(key(role, random.nextBoolean() ? Curve.P_256 : Curve.P_384, random.nextInt(3) == 0));
        }
        return keys;
    }

    @Test
    void answersByTheDevicesPolicyAlone() {
        PrivateJwk exchange = key(KeyRole.EXCHANGE, Curve.P_256);
        Device device = imported(List.of(exchange, key(KeyRole.SIGNING, Curve.P_256)), List.of());
        String kid = exchange.publicKey().kid();

        assertInstanceOf(UnlockResult.Answered.class, unlock(device, exchange, kid, TestService.HOME));
        assertInstanceOf(UnlockResult.Refused.class, unlock(device, exchange, kid, TestService.AWAY));
        site.service.devices().disable(TestService.OPERATOR, device.id());
        assertInstanceOf(UnlockResult.Refused.class, unlock(device, exchange, kid, TestService.HOME));
    }

    @Test
    void asksAboutEachSourceOfASharedDeviceByItself() {
        PrivateJwk exchange = key(KeyRole.EXCHANGE, Curve.P_256);
        site.service
                .devices()
                .importKeys(
                        TestService.OPERATOR,
                        wanted().withRequireApproval(true).withTags("env=prod"),
                        List.of(exchange, key(KeyRole.SIGNING, Curve.P_256)),
                        List.of());
        Device device = site.service.devices().byName("site").orElseThrow();
        Member ann = site.service
                .members()
                .create(TestService.OPERATOR, new MemberChange("ann", Role.APPROVER, null), null)
                .member();
        site.service
                .approvalGroups()
                .create(
                        TestService.OPERATOR,
                        new ApprovalGroups.Change("site", Set.of("env=prod"), Set.of(ann.id()), 1));
        String kid = exchange.publicKey().kid();

        assertInstanceOf(UnlockResult.Pending.class, unlock(device, exchange, kid, "10.0.0.1"));
        assertInstanceOf(UnlockResult.Pending.class, unlock(device, exchange, kid, "10.0.0.2"));
        assertEquals(2, site.service.approvals().list(null, null, 10).items().size());
    }

    @Test
    void recordsTheImportWithoutAPrivateKey() {
        PrivateJwk exchange = key(KeyRole.EXCHANGE, Curve.P_256);
        imported(List.of(exchange), List.of());

        AuditRecord record = site.service.history().audit(null, 1).items().get(0);
        assertEquals("device.import", record.action());
        assertTrue(record.toString().contains(exchange.publicKey().kid()), record::toString);
        String d = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(exchange.pair().copyScalar());
        assertFalse(record.toString().contains(d));
    }

    @Test
    void refusesWhatMakesNoDeviceAndStoresNothing() {
        PrivateJwk exchange = key(KeyRole.EXCHANGE, Curve.P_256);
        PrivateJwk signing = key(KeyRole.SIGNING, Curve.P_256);
        assertRefused(OperationException.Kind.INVALID, List.of(signing), List.of());
        assertRefused(OperationException.Kind.INVALID, List.of(exchange, signing), List.of(exchange));
        List<PrivateJwk> many = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            many.add(key(KeyRole.EXCHANGE, Curve.P_256));
        }
        assertRefused(OperationException.Kind.INVALID, many, List.of());
        site.device("site");
        assertRefused(OperationException.Kind.TAKEN, List.of(exchange), List.of());
    }

    private void assertRefused(OperationException.Kind kind, List<PrivateJwk> visible, List<PrivateJwk> hidden) {
        OperationException refused = assertThrows(OperationException.class, () -> imported(visible, hidden));
        assertEquals(kind, refused.kind());
        assertEquals(
                kind == OperationException.Kind.TAKEN ? 1 : 0,
                site.service
                        .devices()
                        .list(Devices.Filter.ALL, null, 10)
                        .items()
                        .size());
    }

    @Test
    void refusesIfTheCustodyTakesInNoKeys() {
        KeyCustody token = new KeyCustody() {
            @Override
            public CustodyKey generate(KeyLabel label) {
                return site.custody.generate(label);
            }

            @Override
            public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
                return site.custody.exchange(label, key, point);
            }

            @Override
            public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
                return site.custody.sign(label, key, input);
            }

            @Override
            public String fingerprint() {
                return site.custody.fingerprint();
            }
        };
        try (Panocrypt other = site.open(site.memory, token)) {
            PrivateJwk exchange = key(KeyRole.EXCHANGE, Curve.P_256);
            OperationException refused = assertThrows(
                    OperationException.class,
                    () -> other.devices().importKeys(TestService.OPERATOR, wanted(), List.of(exchange), List.of()));
            assertEquals(OperationException.Kind.CONFLICT, refused.kind());
            assertEquals(
                    List.of("the custody does not take in the key "
                            + exchange.publicKey().kid() + ": this custody takes in no key that was made elsewhere"),
                    refused.problems());
            assertTrue(other.devices().byName("site").isEmpty());
        }
    }
}
