package io.panocrypt.policy.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class WriteOperationTest {
    /** A write that cancels nothing where it should leaves grants open; null stands for an unknown scope. */
    @Test
    void refusesAScopeThatItDoesNotKnow() {
        assertThrows(IllegalStateException.class, () -> WriteOperation.cancel(null, null));
    }
}
