package io.panocrypt.policy.internal.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.net.Cidr;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceWidthTest {
    private static SourceWidth of(String blocks) {
        return SourceWidth.of(Arrays.stream(blocks.split(" ")).map(Cidr::parse).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0/7",
                "10.0.0.0/8 192.0.2.1",
                "1.0.0.0/9 2.0.0.0/9 3.0.0.0/9",
                "2000::/15",
                "2000::/17 3000::/17 4000::/128",
                "10.0.0.0/8 11.0.0.0/8 ::1",
            })
    void isOpenByTheUnion(String blocks) {
        assertTrue(of(blocks).isOpen());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/8",
                "10.0.0.0/8 10.1.0.0/16 10.1.2.3 10.0.0.0/8",
                "10.0.0.0/9 10.128.0.0/9",
                "2000::/16 2000::1 10.0.0.0/8",
                "2000::/17 2000:8000::/17",
            })
    void countsOverlapsOnceAndFamiliesApart(String blocks) {
        assertFalse(of(blocks).isOpen());
    }

    @Test
    void isNotPassedByAllOfIpv4InPieces() {
        List<Cidr> pieces = IntStream.range(0, 256)
                .mapToObj(first -> Cidr.parse(first + ".0.0.0/8"))
                .toList();
        assertTrue(SourceWidth.of(pieces).isOpen());
        assertEquals(List.of("0.0.0.0/8 to 255.0.0.0/8"), SourceWidth.of(pieces).wide());
    }

    @Test
    void isWideWhereNeighboursMakeOneRangeOnly() {
        assertEquals(List.of(), of("10.0.0.0/24 10.0.2.0/24 10.0.4.0/24").wide());
        assertEquals(List.of(), of("10.0.0.0/25 10.0.0.128/25 10.0.0.7").wide());
        assertEquals(
                List.of("10.0.0.0/24 to 10.0.1.0/32"),
                of("10.0.1.0 10.0.0.0/24").wide());
        assertEquals(
                List.of("10.0.0.0/23"),
                of("10.0.0.0/24 10.0.0.0/23 10.0.1.0/24").wide());
        assertEquals(List.of("2001:db8::/55"), of("2001:db8::/55 ::/56").wide());
        assertEquals(
                List.of("255.255.254.0/24 to 255.255.255.0/24"),
                of("255.255.255.0/24 255.255.254.0/24 ::/56").wide());
    }

    @Test
    void comparesByAddresses() {
        assertTrue(of("10.0.0.0/24 ::1").isWiderThan(of("10.0.0.0/24")));
        assertFalse(of("10.0.0.0/24").isWiderThan(of("10.0.0.0/25 10.0.0.128/25 ::1")));
    }
}
