package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPolicyTest {
    private static final TargetPolicy PUBLIC = TargetPolicy.allowing(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:0:127.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:0:7f00:1::",
                "2001:1ff::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "3fff::1",
                "4000::1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "ffff::1"
            })
    void refusesWhatIsNotPublic(String address) {
        assertFalse(PUBLIC.admits(IpAddress.parse(address)));
        assertFalse(PUBLIC.allows(IpAddress.parse(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.1",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "::ffff:1.1.1.1",
                "64:ff9b::1.1.1.1",
                "2001:200::1",
                "2606:4700::1111",
                "2a00::1"
            })
    void admitsWhatIsPublicButAllowsNoPlainHttp(String address) {
        assertTrue(PUBLIC.admits(IpAddress.parse(address)));
        assertFalse(PUBLIC.allows(IpAddress.parse(address)));
    }

    @Test
    void admitsAndAllowsWhatWasNamedAndNoMore() {
        TargetPolicy policy = TargetPolicy.allowing(List.of(Cidr.parse("10.1.0.0/16"), Cidr.parse("fd00:1::/32")));
        for (String named : List.of("10.1.2.3", "fd00:1::9", "64:ff9b::10.1.2.3", "::ffff:10.1.2.3")) {
            assertTrue(policy.admits(IpAddress.parse(named)), named);
            assertTrue(policy.allows(IpAddress.parse(named)), named);
        }
        for (String other : List.of("10.2.0.1", "127.0.0.1", "fd00:2::9", "64:ff9b::10.2.0.1")) {
            assertFalse(policy.admits(IpAddress.parse(other)), other);
        }
    }

    /** A scope does not belong to the address: a link-local address with one is refused too. */
    @Test
    void refusesLinkLocalAddressesWithAScope() throws UnknownHostException {
        assertFalse(PUBLIC.admits(IpAddress.of(InetAddress.getByName("fe80::1%1"))));
    }

    @Test
    void isEqualByWhatItAllows() {
        assertEquals(
                TargetPolicy.allowing(List.of(Cidr.parse("10.0.0.0/8"))),
                TargetPolicy.allowing(List.of(Cidr.parse("10.0.0.0/8"))));
        assertEquals(
                "TargetPolicy[10.0.0.0/8]",
                TargetPolicy.allowing(List.of(Cidr.parse("10.0.0.0/8"))).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "true, 127.0.0.1, not public",
        "true, 10.0.0.1, not public",
        "true, ::1, not public",
        "true, fd00::1, not public",
        "false, 10.0.0.1, plain HTTP",
        "false, 192.0.1.7, plain HTTP",
        "false, receiver.example.org, plain HTTP"
    })
    void saysWhatCanNeverBeReachedAndBySettingWhat(boolean secure, String host, String problem) {
        String problemText = TargetPolicy.allowing(List.of())
                .setBy("--let")
                .problem(secure, host)
                .orElseThrow();
        assertTrue(
                problemText.contains(problem) && problemText.contains("--let") && !problemText.contains(host),
                problemText);
    }

    @Test
    void looksUpNoNameAndAllowsAllowedTargets() {
        TargetPolicy some = TargetPolicy.allowing(List.of(Cidr.parse("10.0.0.0/8")));
        assertEquals(Optional.empty(), some.problem(true, "10.0.0.1"));
        assertEquals(Optional.empty(), some.problem(false, "10.0.0.1"));
        assertEquals(Optional.empty(), some.problem(false, "receiver.internal"));
        assertEquals(Optional.empty(), TargetPolicy.allowing(List.of()).problem(true, "localhost"));
        assertTrue(some.problem(true, "192.168.0.1").isPresent());
    }
}
