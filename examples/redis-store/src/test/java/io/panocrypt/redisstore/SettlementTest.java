package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SettlementTest {
    @Test
    void isRefusedWhereItIsNotKnown() {
        assertThrows(IllegalStateException.class, () -> RedisStore.describe(null));
    }
}
