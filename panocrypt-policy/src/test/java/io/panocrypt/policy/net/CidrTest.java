package io.panocrypt.policy.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.1.2.3/32",
        "10.0.0.0/8, 10.0.0.0/8",
        "::ffff:0:0/96, 0.0.0.0/0",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
        "::ffff:10.1.2.3, 10.1.2.3/32",
        "::ffff:10.1.2.3/128, 10.1.2.3/32",
        "2001:db8::1, 2001:db8::1/128",
        "2001:DB8:8000:0:0::/33, 2001:db8:8000::/33",
    })
    void parsesToCanonicalForm(String text, String canonical) {
        assertEquals(canonical, Cidr.parse(text).toString());
        assertEquals(Cidr.parse(canonical), Cidr.parse(text));
        assertEquals(Cidr.parse(canonical).hashCode(), Cidr.parse(text).hashCode());
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8, 10.0.0.0/8, 10.1.2.3",
        "10.0.5.7/24, 10.0.5.0/24, 10.0.5.7",
        "10.255.255.255/9, 10.128.0.0/9, 10.255.255.255",
        "1.2.3.4/0, 0.0.0.0/0, 1.2.3.4",
        "192.0.2.1/31, 192.0.2.0/31, 192.0.2.1",
        "::ffff:10.1.2.3/104, 10.0.0.0/8, 10.1.2.3",
        "2001:db8:ffff::1/33, 2001:db8:8000::/33, 2001:db8:ffff::1",
        "::1/0, ::/0, ::1",
    })
    void refusesHostBitsAndSaysWhatMayBeMeant(String text, String block, String address) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text));
        assertEquals("host bits are set: did you mean " + block + " or " + address + "?", refused.getMessage());
        Cidr.parse(block);
        Cidr.parse(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/08",
                "10.0.0.0/8/8",
                "10.0.0.0/ 8",
                "10.0.0.0/\u0668",
                "10.0.0.0/255.0.0.0",
                "10.0.0/8",
                "10/8",
                "1",
                "::/129",
                "::/999",
                "::/99999999999999999999",
                "::ffff:0:0/95",
                "::ffff:10.0.0.0/8",
                "fe80::%eth0/64",
                "any",
                "*",
            })
    void refusesEverythingElse(String text) {
        assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text), text);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/31, 10.0.0.1, true",
        "10.0.0.0/31, 10.0.0.2, false",
        "10.0.0.7, 10.0.0.7, true",
        "10.0.0.7, ::ffff:10.0.0.7, true",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "::ffff:0:0/96, 198.51.100.1, true",
        "::ffff:0:0/96, 2001:db8::1, false",
        "0.0.0.0/0, 198.51.100.1, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 198.51.100.1, false",
        "::/0, ::ffff:198.51.100.1, false",
        "::/80, ::ffff:198.51.100.1, false",
        "2001:db8::/33, 2001:db8:7fff:ffff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
    })
    void containsWhatLiesInItAndIsOfItsFamily(String block, String address, boolean inside) {
        assertEquals(inside, Cidr.parse(block).contains(IpAddress.parse(address)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/7, true",
        "10.0.0.0/8, false",
        "::ffff:0:0/103, true",
        "::ffff:0:0/104, false",
        "2000::/15, true",
        "2000::/16, false",
    })
    void knowsWhatIsOpen(String block, boolean open) {
        assertEquals(open, Cidr.parse(block).isOpen());
    }
}
