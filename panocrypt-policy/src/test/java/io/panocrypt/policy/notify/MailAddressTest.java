package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"ada@example.org", "ada.l+disks@mail.example.org", "o'neil@localhost", "a@x-1.org"})
    void readsPlainAddresses(String address) {
        assertEquals(address, MailAddress.of(URI.create("mailto:" + address)).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mailto:ada",
                "mailto:@example.org",
                "mailto:ada@",
                "mailto:a@b@example.org",
                "mailto:.ada@example.org",
                "mailto:a..b@example.org",
                "mailto:ada@-example.org",
                "mailto:ada@example..org",
                "mailto:ada@[127.0.0.1]",
                "mailto:ada%0d%0aRCPT@example.org",
                "mailto:%22a%20b%22@example.org",
                "mailto:ada@example.org,eve@example.org",
                "mailto:ada@example.org?bcc=eve@example.org",
                "mailto:ada@example.org?subject=x",
                "mailto:ada@example.org#x",
                "mailto:ad\u00e4@example.org",
                "https://ada@example.org"
            })
    void readsNothingElse(String contact) {
        URI uri = URI.create(contact);
        assertThrows(IllegalArgumentException.class, () -> MailAddress.of(uri));
        assertTrue(mail().problem(uri).isPresent(), "operators see it when they enter the contact");
    }

    @Test
    void findsNoProblemWithAnAddress() {
        assertEquals(Optional.empty(), mail().problem(URI.create("mailto:ada@example.org")));
    }

    private static MailNotifier mail() {
        return new MailNotifier(MailServer.of("localhost", 25, MailServer.Security.UNENCRYPTED, "p@example.org"));
    }

    @Test
    void sendsNoLoginInClear() {
        MailServer server = MailServer.of("localhost", 25, MailServer.Security.UNENCRYPTED, "p@example.org");
        assertThrows(IllegalStateException.class, () -> server.withLogin("ada", "secret".toCharArray()));
    }

    @Test
    void revealsNoPassword() {
        MailServer server = MailServer.of("localhost", 25, MailServer.Security.STARTTLS, "p@example.org")
                .withLogin("ada", "secret".toCharArray());
        assertFalse(server.toString().contains("secret"), server.toString());
    }
}
