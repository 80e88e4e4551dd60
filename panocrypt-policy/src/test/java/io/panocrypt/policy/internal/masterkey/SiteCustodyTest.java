package io.panocrypt.policy.internal.masterkey;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.panocrypt.crypto.custody.KeyCustody;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class SiteCustodyTest {
    /** A default method of the interface would otherwise hide what the custody does. */
    @Test
    void forwardsEveryMethod() {
        for (Method method : KeyCustody.class.getMethods()) {
            assertDoesNotThrow(
                    () -> SiteCustody.class.getDeclaredMethod(method.getName(), method.getParameterTypes()),
                    method.getName());
        }
    }
}
