package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.Pkcs11KeyCustody;
import io.panocrypt.testkit.support.RequiresTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

@RequiresTools(SoftHsm.UTIL)
@Tag("long")
class Pkcs11KeyCustodyContractTest extends KeyCustodyContract {
    private static @Nullable SoftHsm shared;

    @AfterAll
    static void remove() throws IOException {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }

    @Override
    protected CustodyFixture open() throws IOException, InterruptedException {
        if (shared == null) {
            shared = new SoftHsm("ours", "other");
        }
        return new Fixture(shared);
    }

    /** The tokens outlive it, unless it lost them. */
    private static final class Fixture implements CustodyFixture {
        private final SoftHsm hsm;
        private KeyCustody custody;

        Fixture(SoftHsm hsm) throws IOException {
            this.hsm = hsm;
            this.custody = Pkcs11KeyCustody.open(hsm.uri("ours"));
        }

        @Override
        public KeyCustody custody() {
            return custody;
        }

        @Override
        public Optional<KeyCustody> stranger() throws IOException {
            return Optional.of(Pkcs11KeyCustody.open(hsm.uri("other")));
        }

        @Override
        public boolean reopens() {
            return true;
        }

        @Override
        public void reopen() throws IOException {
            custody = Pkcs11KeyCustody.open(hsm.uri("ours"));
        }

        @Override
        public boolean loses() {
            return true;
        }

        @Override
        public void lose() throws IOException {
            hsm.lose();
            shared = null;
        }

        @Override
        public List<byte[]> secrets() {
            return List.of(SoftHsm.PIN.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void close() throws IOException {
            if (shared != hsm) {
                hsm.close();
            }
        }
    }
}
