package com.example.unlocking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.testkit.junit.ClevisClient;
import io.panocrypt.testkit.junit.ClevisResult;
import io.panocrypt.testkit.junit.PanocryptServer;
import io.panocrypt.testkit.support.MutableClock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

@PanocryptServer(customizer = NightRuleTest.WithNightRule.class)
class NightRuleTest {
    static final class WithNightRule implements PanocryptServer.Customizer {
        @Override
        public void customize(Panocrypt.Builder builder) {
            builder.rule(new NightRule());
        }
    }

    @Test
    void refusesAtNight(Panocrypt panocrypt, MutableClock clock, ClevisClient clevis) throws Exception {
        Device device = panocrypt.devices()
                .create(Actor.HOST, DeviceChange.none().withName("web-1").withSources("127.0.0.1"));
        byte[] secret = {1, 2, 3};
        String jwe = clevis.encrypt(panocrypt.devices().unlockUrl(device), secret);

        clock.set(Instant.parse("2026-01-15T09:00:00Z"));
        assertArrayEquals(secret, clevis.decrypt(jwe).plaintext());

        clock.set(Instant.parse("2026-01-15T20:00:00Z"));
        assertEquals(new ClevisResult.Refused(403), clevis.decrypt(jwe));
    }
}
