package io.panocrypt.policy.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.panocrypt.policy.TestTimeout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 00000000",
        "192.0.2.1, c0000201",
        "255.255.255.255, ffffffff",
        "::ffff:192.0.2.1, c0000201",
        "::FFFF:c000:201, c0000201",
        "0:0:0:0:0:ffff:192.0.2.1, c0000201",
        "::, 00000000000000000000000000000000",
        "::1, 00000000000000000000000000000001",
        "1::, 00010000000000000000000000000000",
        "2001:db8::1, 20010db8000000000000000000000001",
        "2001:0DB8:0000:0000:0000:0000:0000:0001, 20010db8000000000000000000000001",
        "1:2:3:4:5:6:7::, 00010002000300040005000600070000",
        "::2:3:4:5:6:7:8, 00000002000300040005000600070008",
        "::192.0.2.1, 000000000000000000000000c0000201",
        "64:ff9b::192.0.2.33, 0064ff9b0000000000000000c0000221",
        "1:2:3:4:5:6:192.0.2.1, 000100020003000400050006c0000201",
    })
    void parsesLiteral(String literal, String bytes) {
        assertEquals(bytes, HexFormat.of().formatHex(IpAddress.parse(literal).toBytes()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3.4",
                "1.2.3.04",
                "01.2.3.4",
                "0x1.2.3.4",
                "256.0.0.1",
                "1.2.3.-4",
                "1.2.3.4 ",
                "1.2.3.4:80",
                "3232235777",
                "localhost",
                "cafe",
                ":",
                ":::",
                "::1::",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                ":1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:8:",
                "1:2:3:4:5:6:7:",
                "::00001",
                "::g",
                "::-1",
                "::+1",
                "::ffff:1.2.3",
                "::ffff:01.2.3.4",
                "::ffff:1.2.3.256",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                ".1:2",
                ".:",
                "[::1]",
                "fe80::1%eth0",
                "fe80::1%1",
                "::1/128",
                "::\u0661",
                "\u0661.2.3.4",
            })
    void refusesEverythingElse(String text) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text), text);
        assertEquals("not an IP address", refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {":", "1", ".", "1.", "f:", "::"})
    void refusesHugeInputAtOnce(String part) {
        String huge = part.repeat(1_000_000) + "x";
        assertTimeoutPreemptively(
                TestTimeout.MAX, () -> assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(huge)));
    }

    /** The examples of RFC 5952, sections 4.1 to 4.3, and its edge cases. */
    @ParameterizedTest
    @CsvSource({
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8::AbC, 2001:db8::abc",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "0:1:2:3:4:5:6:7, 0:1:2:3:4:5:6:7",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "::ffff:10.0.0.1, 10.0.0.1",
        "010::, 10::",
    })
    void printsCanonicalText(String literal, String canonical) {
        assertEquals(canonical, IpAddress.parse(literal).toString());
    }

    @Test
    void agreesWithTheJdkOnEveryTextThatItPrints() throws UnknownHostException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int zeros = random.nextInt(bytes.length); zeros > 0; zeros--) {
                bytes[random.nextInt(bytes.length)] = 0;
            }
            IpAddress address = IpAddress.of(InetAddress.getByAddress(bytes));
            assertEquals(address, IpAddress.parse(address.toString()), "seed " + seed);
            assertEquals(address, IpAddress.of(InetAddress.getByName(address.toString())), "seed " + seed);
        }
    }

    @Test
    void dropsTheScopeOfASocketsPeer() throws UnknownHostException {
        InetAddress peer = java.net.Inet6Address.getByAddress(
                null, IpAddress.parse("fe80::1").toBytes(), 7);
        assertEquals(IpAddress.parse("fe80::1"), IpAddress.of(peer));
    }
}
