package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.ec.StandardEngine;
import java.io.IOException;
import java.security.SecureRandom;
import org.junit.jupiter.api.Nested;

class SealedKeyCustodyContractTest {
    @Nested
    class OnTheStandardEngine extends KeyCustodyContract {
        @Override
        protected CustodyFixture open() throws IOException {
            return new SealedFixture(new StandardEngine(new SecureRandom()));
        }
    }

    @Nested
    class OnTheEngineOfTheJavaRuntime extends KeyCustodyContract {
        @Override
        protected CustodyFixture open() throws IOException {
            return new SealedFixture(new JcaEngine(new SecureRandom()));
        }
    }
}
