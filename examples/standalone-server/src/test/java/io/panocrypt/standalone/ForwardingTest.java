package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.servlet.SourceAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forged forwarding headers change nothing unless the peer is a configured proxy. */
class ForwardingTest {
    private static final String ALLOWED = "203.0.113.7";

    @TempDir
    private Path directory;

    private int recover(SourceAddress sources, String device, String... headers) throws Exception {
        Client client = new Client(Curve.P_256);
        try (RunningService service = new RunningService(
                directory, sources, DeviceChange.none().withSources(device).withCurve(Curve.P_256))) {
            String kid = service.device().keys().get(0).exchange().kid();
            int status = client.recover(service.base(), kid, headers);
            UnlockRecord row =
                    service.panocrypt().history().unlocks(null, null, 1).items().get(0);
            lastSource = row.source();
            return status;
        }
    }

    private Optional<IpAddress> lastSource = Optional.empty();

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-For, 203.0.113.7",
        "Forwarded, for=203.0.113.7",
        "X-Real-IP, 203.0.113.7",
        "CF-Connecting-IP, 203.0.113.7"
    })
    void ignoresForgedHeadersFromAnybody(String header, String value) throws Exception {
        assertEquals(403, recover(SourceAddress.ofPeer(), ALLOWED, header, value));
        assertEquals(Optional.of(IpAddress.parse("127.0.0.1")), lastSource);
    }

    @Test
    void ignoresTheHeaderWhenThePeerIsNoProxy() throws Exception {
        SourceAddress sources =
                SourceAddress.behind(List.of(Cidr.parse("10.0.0.0/8")), SourceAddress.Header.X_FORWARDED_FOR);
        assertEquals(403, recover(sources, ALLOWED, "X-Forwarded-For", ALLOWED));
        assertEquals(Optional.of(IpAddress.parse("127.0.0.1")), lastSource);
    }

    @Test
    void believesTheConfiguredHeaderOfTheProxy() throws Exception {
        SourceAddress sources =
                SourceAddress.behind(List.of(Cidr.parse("127.0.0.1")), SourceAddress.Header.X_FORWARDED_FOR);
        assertEquals(200, recover(sources, ALLOWED, "X-Forwarded-For", "198.51.100.1, " + ALLOWED));
    }

    @ParameterizedTest
    @ValueSource(strings = {ALLOWED + ", 198.51.100.1", "nonsense", "unknown", ", " + ALLOWED, ""})
    void refusesWhatTheProxyDoesNotVouchFor(String value) throws Exception {
        SourceAddress sources =
                SourceAddress.behind(List.of(Cidr.parse("127.0.0.1")), SourceAddress.Header.X_FORWARDED_FOR);
        assertEquals(403, recover(sources, ALLOWED, "X-Forwarded-For", value));
    }

    @Test
    void refusesTheOtherHeaderAndNoHeaderFromTheProxy() throws Exception {
        SourceAddress sources = SourceAddress.behind(List.of(Cidr.parse("127.0.0.1")), SourceAddress.Header.FORWARDED);
        assertEquals(403, recover(sources, "127.0.0.1", "X-Forwarded-For", "127.0.0.1"));
        assertEquals(Optional.empty(), lastSource, "the proxy's own address is not the source");
    }
}
