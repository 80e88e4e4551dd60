package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.standalone.web.Peers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PeersTest {
    private final Peers peers = new Peers(List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8:9::/48")));

    private Optional<IpAddress> of(String address) throws UnknownHostException {
        return peers.of(new InetSocketAddress(InetAddress.getByName(address), 1));
    }

    @Test
    void countsAnIpv4AddressForItself() throws UnknownHostException {
        assertEquals(of("198.51.100.1"), of("198.51.100.1"));
        assertNotEquals(of("198.51.100.1"), of("198.51.100.2"));
        assertEquals(of("198.51.100.1"), of("::ffff:198.51.100.1"));
    }

    @Test
    void countsAnIpv6SiteAsOne() throws UnknownHostException {
        assertEquals(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::2"));
        assertNotEquals(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
    }

    @Test
    void countsNoProxy() throws UnknownHostException {
        assertEquals(Optional.empty(), of("192.0.2.7"));
        assertEquals(Optional.empty(), of("2001:db8:9::1"));
        assertEquals(Optional.empty(), peers.of(UnixDomainSocketAddress.of("x")));
    }
}
