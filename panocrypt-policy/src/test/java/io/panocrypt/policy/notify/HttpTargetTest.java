package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTargetTest {
    @Test
    void takesApartWhatItIsGiven() {
        assertEquals(
                Optional.of(new HttpTarget(true, "hooks.example.org", 443, "/a%20b?c=d")),
                HttpTarget.of(URI.create("HTTPS://Hooks.Example.org/a%20b?c=d")));
        assertEquals(
                Optional.of(new HttpTarget(false, "fd00::1", 8080, "/")),
                HttpTarget.of(URI.create("http://[FD00::1]:8080")));
    }

    @Test
    void namesHostAndPortAsAHostHeaderDoes() {
        assertEquals("a", new HttpTarget(true, "a", 443, "/").authority());
        assertEquals("a:80", new HttpTarget(true, "a", 80, "/").authority());
        assertEquals("a", new HttpTarget(false, "a", 80, "/").authority());
        assertEquals("[::1]:8443", new HttpTarget(true, "::1", 8443, "/").authority());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user@example.org/",
                "https://user:secret@example.org/",
                "https://example.org/#fragment",
                "https:opaque",
                "https:/path",
                "//example.org/",
                "ftp://example.org/",
                "https://under_score.example.org/",
                "https://[fe80::1%25eth0]/",
                "https://example.org:0/",
                "https://example.org:65536/",
                "https://example.org/\u00e4"
            })
    void takesNoOther(String uri) {
        assertEquals(Optional.empty(), HttpTarget.of(URI.create(uri)));
    }

    @Test
    void revealsNoPath() {
        assertEquals("https://example.org", new HttpTarget(true, "example.org", 443, "/secret").toString());
    }

    @Test
    void sendsNoHeaderThatLeavesItsLine() {
        HttpTarget target = new HttpTarget(true, "example.org", 443, "/");
        assertThrows(IllegalArgumentException.class, () -> new HttpPost(target, Map.of("X", "a\r\nY: b"), new byte[0]));
    }
}
