package io.panocrypt.testkit.notify;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.notify.HostResolver;
import io.panocrypt.policy.notify.OutboundHttp;
import io.panocrypt.policy.notify.TargetPolicy;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/** Outbound connections for tests: loopback is allowed explicitly, and only {@link TestTls#HOST} resolves. */
final class Outbound {
    static final TargetPolicy LOOPBACK = TargetPolicy.allowing(List.of(Cidr.parse("127.0.0.0/8")));
    static final Duration QUICK = Duration.ofSeconds(1);
    static final Duration PATIENT = TestTimeout.MAX.multipliedBy(2);

    private Outbound() {}

    static OutboundHttp quick(SSLSocketFactory tls) {
        return new OutboundHttp(LOOPBACK, QUICK, Outbound::resolve, tls);
    }

    static OutboundHttp patient(SSLSocketFactory tls) {
        return new OutboundHttp(LOOPBACK, PATIENT, Outbound::resolve, tls);
    }

    static OutboundHttp patient(TargetPolicy policy, HostResolver resolver) {
        return new OutboundHttp(policy, PATIENT, resolver, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    static SSLSocketFactory defaultTls() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    private static List<InetAddress> resolve(String host) throws UnknownHostException {
        if (host.equals(TestTls.HOST) || host.equals("127.0.0.1")) {
            return List.of(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1}));
        }
        throw new UnknownHostException("no such host in this test");
    }
}
