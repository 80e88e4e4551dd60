package io.panocrypt.servlet;

import static io.panocrypt.servlet.SourceAddress.Header.FORWARDED;
import static io.panocrypt.servlet.SourceAddress.Header.X_FORWARDED_FOR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceAddressTest {
    private static final List<Cidr> PROXIES =
            List.of(Cidr.parse("10.0.0.0/24"), Cidr.parse("2001:db8:ffff::/64"), Cidr.parse("127.0.0.1"));
    private static final String PROXY = "10.0.0.1";
    private static final String UNKNOWN = "unknown";

    /** A request that has only a peer and headers; headers as name, value, name, value. */
    private static HttpServletRequest from(String peer, String... headers) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getRemoteAddr" -> peer;
                    case "getHeaders" -> Collections.enumeration(values((String) arguments[0], headers));
                    case "getHeader" ->
                        values((String) arguments[0], headers).stream()
                                .findFirst()
                                .orElse(null);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static List<String> values(String name, String... headers) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(name)) {
                values.add(headers[i + 1]);
            }
        }
        return values;
    }

    private static String name(SourceAddress.Header header) {
        return header == FORWARDED ? "Forwarded" : "X-Forwarded-For";
    }

    private static String shown(Optional<IpAddress> address) {
        return address.map(IpAddress::toString).orElse(UNKNOWN);
    }

    private static void assertSource(String expected, SourceAddress addresses, HttpServletRequest request) {
        assertEquals(expected, shown(addresses.of(request)));
    }

    @Nested
    class Peer {
        @ParameterizedTest
        @CsvSource({
            "192.0.2.1, 192.0.2.1",
            "::ffff:192.0.2.1, 192.0.2.1",
            "[::ffff:c000:201], 192.0.2.1",
            "2001:DB8:0:0::1, 2001:db8::1",
            "[2001:db8::1], 2001:db8::1",
            "fe80::1%eth0, fe80::1",
            "[fe80::1%2], fe80::1",
            "localhost, unknown",
            "192.0.2.1:80, unknown",
            "'', unknown"
        })
        void isReadAsTheContainerWritesIt(String peer, String expected) {
            assertSource(expected, SourceAddress.ofPeer(), from(peer));
            assertSource(expected, SourceAddress.behind(PROXIES, FORWARDED), from(peer));
        }

        @Test
        void withoutAddressIsUnknown() {
            assertSource(UNKNOWN, SourceAddress.ofPeer(), from(null));
        }

        @ParameterizedTest
        @ValueSource(strings = {"192.0.2.1", "10.0.1.1", "::1", "2001:db8:fffe::1"})
        void thatIsNoProxyIsBelievedNothing(String peer) {
            List<IpAddress> reported = new ArrayList<>();
            SourceAddress addresses =
                    SourceAddress.behind(PROXIES, X_FORWARDED_FOR).reportingTo(reported::add);
            String expected = IpAddress.parse(peer).toString();
            assertSource(expected, addresses, from(peer, "X-Forwarded-For", "203.0.113.9"));
            assertSource(expected, addresses, from(peer, "Forwarded", "for=203.0.113.9"));
            assertSource(expected, addresses, from(peer));
            assertEquals(2, reported.size());
        }

        @Test
        void isReportedWhenItSendsAForwardingHeader() {
            List<IpAddress> reported = new ArrayList<>();
            SourceAddress addresses =
                    SourceAddress.behind(PROXIES, X_FORWARDED_FOR).reportingTo(reported::add);
            assertSource("192.0.2.1", addresses, from("192.0.2.1", "X-Forwarded-For", "203.0.113.9"));
            assertSource("192.0.2.2", addresses, from("192.0.2.2"));
            assertSource("203.0.113.9", addresses, from("10.0.0.1", "X-Forwarded-For", "203.0.113.9"));
            assertEquals(List.of(IpAddress.parse("192.0.2.1")), reported);
        }

        @Test
        void isAllThatCountsWithoutProxies() {
            List<IpAddress> reported = new ArrayList<>();
            SourceAddress addresses = SourceAddress.ofPeer().reportingTo(reported::add);
            assertSource("127.0.0.1", addresses, from("127.0.0.1", "Forwarded", "for=203.0.113.9"));
            assertEquals(1, reported.size());
        }
    }

    @Nested
    class TrustedProxy {
        @ParameterizedTest
        @ValueSource(strings = {"10.0.0.1", "::ffff:10.0.0.254", "2001:db8:ffff::7", "[2001:db8:ffff::7]", "127.0.0.1"})
        void isBelieved(String peer) {
            List<IpAddress> reported = new ArrayList<>();
            SourceAddress addresses = SourceAddress.behind(PROXIES, FORWARDED).reportingTo(reported::add);
            assertSource("203.0.113.9", addresses, from(peer, "Forwarded", "for=203.0.113.9"));
            assertEquals(List.of(), reported);
        }

        @ParameterizedTest
        @EnumSource
        void thatSaysNothingLeavesTheSourceUnknown(SourceAddress.Header header) {
            assertSource(UNKNOWN, SourceAddress.behind(PROXIES, header), from(PROXY));
        }

        @ParameterizedTest
        @EnumSource
        void thatSpeaksTheOtherHeaderLeavesTheSourceUnknown(SourceAddress.Header header) {
            SourceAddress.Header other = header == FORWARDED ? X_FORWARDED_FOR : FORWARDED;
            String value = other == FORWARDED ? "for=203.0.113.9" : "203.0.113.9";
            assertSource(UNKNOWN, SourceAddress.behind(PROXIES, header), from(PROXY, name(other), value));
        }

        @ParameterizedTest
        @EnumSource
        void isBelievedTheConfiguredHeaderOnly(SourceAddress.Header header) {
            assertSource(
                    header == FORWARDED ? "203.0.113.1" : "203.0.113.2",
                    SourceAddress.behind(PROXIES, header),
                    from(PROXY, "Forwarded", "for=203.0.113.1", "X-Forwarded-For", "203.0.113.2"));
        }

        @ParameterizedTest
        @EnumSource
        void thatSendsTheHeaderTwiceLeavesTheSourceUnknown(SourceAddress.Header header) {
            String value = header == FORWARDED ? "for=203.0.113.9" : "203.0.113.9";
            assertSource(
                    UNKNOWN,
                    SourceAddress.behind(PROXIES, header),
                    from(PROXY, name(header), value, name(header).toLowerCase(java.util.Locale.ROOT), value));
        }
    }

    @Nested
    class XForwardedFor {
        private final SourceAddress addresses = SourceAddress.behind(PROXIES, X_FORWARDED_FOR);

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "203.0.113.9                           | 203.0.113.9",
                    "203.0.113.9:4711                      | 203.0.113.9",
                    "2001:db8::9                           | 2001:db8::9",
                    "[2001:db8::9]                         | 2001:db8::9",
                    "[2001:db8::9]:4711                    | 2001:db8::9",
                    "::ffff:203.0.113.9                    | 203.0.113.9",
                    "192.0.2.66, 203.0.113.9               | 203.0.113.9",
                    "192.0.2.66,203.0.113.9,10.0.0.2       | 203.0.113.9",
                    "192.0.2.66, 203.0.113.9, 2001:db8:ffff::3, ::ffff:10.0.0.2 | 203.0.113.9",
                    "10.0.0.9, 203.0.113.9                 | 203.0.113.9",
                    "10.0.0.2, 10.0.0.3                    | unknown",
                    "127.0.0.1                             | unknown",
                    "unknown                               | unknown",
                    "203.0.113.9, unknown                  | unknown",
                    "203.0.113.9, unknown, 10.0.0.2        | unknown",
                    "unknown, 203.0.113.9                  | 203.0.113.9",
                    "203.0.113.9,                          | unknown",
                    ",203.0.113.9                          | unknown",
                    "203.0.113.9,,10.0.0.2                 | unknown",
                    "garbage, 203.0.113.9                  | unknown",
                    "203.0.113.9, localhost                | unknown",
                    "203.0.113.999                         | unknown",
                    "203.0.113.09                          | unknown",
                    "203.0.113.9/32                        | unknown",
                    "203.0.113.9 10.0.0.2                  | unknown",
                    "203.0.113.9; 10.0.0.2                 | unknown",
                    "[203.0.113.9]                         | unknown",
                    "[2001:db8::9                          | unknown",
                    "2001:db8::9]                          | unknown",
                    "fe80::1%eth0                          | unknown",
                    "203.0.113.9:                          | unknown",
                    "203.0.113.9:123456                    | unknown",
                    "for=203.0.113.9                       | unknown"
                })
        void givesItsRightMostStranger(String value, String expected) {
            assertSource(expected, addresses, from(PROXY, "X-Forwarded-For", value));
        }

        @Test
        void thatIsEmptyLeavesTheSourceUnknown() {
            assertSource(UNKNOWN, addresses, from(PROXY, "X-Forwarded-For", ""));
        }
    }

    @Nested
    class Forwarded {
        private final SourceAddress addresses = SourceAddress.behind(PROXIES, FORWARDED);

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "for=203.0.113.9                                  | 203.0.113.9",
                    "For=203.0.113.9                                  | 203.0.113.9",
                    "FOR=\"203.0.113.9:4711\"                         | 203.0.113.9",
                    "for=\"[2001:db8::9]\"                            | 2001:db8::9",
                    "for=\"[2001:db8::9]:_port\"                      | 2001:db8::9",
                    "for=\"[::ffff:203.0.113.9]\"                     | 203.0.113.9",
                    "for=\"203\\.0.113.9\"                            | 203.0.113.9",
                    "proto=https;for=203.0.113.9;by=10.0.0.1;host=\"a,b;for=192.0.2.66\" | 203.0.113.9",
                    "for=192.0.2.66, for=203.0.113.9                  | 203.0.113.9",
                    "for=192.0.2.66 , for=203.0.113.9;proto=http ,for=10.0.0.2 | 203.0.113.9",
                    "for=10.0.0.9, for=203.0.113.9                    | 203.0.113.9",
                    "for=10.0.0.2, for=10.0.0.3                       | unknown",
                    "for=unknown                                      | unknown",
                    "for=_hidden                                      | unknown",
                    "for=203.0.113.9, for=_hidden                     | unknown",
                    "for=_hidden, for=203.0.113.9                     | 203.0.113.9",
                    "by=10.0.0.1;proto=https                          | unknown",
                    "for=203.0.113.9, proto=https                     | unknown",
                    "for=203.0.113.9;for=192.0.2.66                   | unknown",
                    "for=203.0.113.9;                                 | unknown",
                    "for=203.0.113.9,                                 | unknown",
                    ",for=203.0.113.9                                 | unknown",
                    "for = 203.0.113.9                                | unknown",
                    "for=203.0.113.9 10.0.0.2                         | unknown",
                    "for=203.0.113.9:4711                             | unknown",
                    "for=[2001:db8::9]                                | unknown",
                    "for=2001:db8::9                                  | unknown",
                    "for=\"2001:db8::9\"                              | unknown",
                    "for=\"[203.0.113.9]\"                            | unknown",
                    "for=\"203.0.113.9                                | unknown",
                    "for=203.0.113.9\"                                | unknown",
                    "for=\"\"                                         | unknown",
                    "for=                                             | unknown",
                    "203.0.113.9                                      | unknown",
                    "for=localhost                                    | unknown",
                    "for=\"203.0.113.9, for=192.0.2.66                | unknown"
                })
        void givesItsRightMostStranger(String value, String expected) {
            assertSource(expected, addresses, from(PROXY, "Forwarded", value));
        }

        @Test
        void mayBeAsLongAsHeadersGet() {
            for (String filler : List.of("a", "\\a", " ", "\\\"")) {
                String quoted = "host=\"" + filler.repeat(30_000) + "\";for=203.0.113.9";
                assertSource("203.0.113.9", addresses, from(PROXY, "Forwarded", quoted));
                assertSource(UNKNOWN, addresses, from(PROXY, "Forwarded", "for=\"" + filler.repeat(30_000)));
            }
            assertSource(UNKNOWN, addresses, from(PROXY, "Forwarded", " ".repeat(30_000)));
        }
    }

    @Nested
    class Doubt {
        @ParameterizedTest
        @CsvSource({
            "192.0.2.1, X-Forwarded-For, true",
            "192.0.2.1, Forwarded, true",
            "192.0.2.1, X-Real-IP, true",
            "192.0.2.1, Via, true",
            "192.0.2.1, X-Other, false",
            "10.0.0.1, X-Forwarded-For, false",
            "10.0.0.1, Via, false"
        })
        void isRaisedByTracesOfAnUnconfiguredProxy(String peer, String header, boolean doubt) {
            SourceAddress addresses = SourceAddress.behind(PROXIES, X_FORWARDED_FOR);
            assertEquals(doubt, addresses.isInDoubt(from(peer, header, "203.0.113.7")));
        }
    }
}
