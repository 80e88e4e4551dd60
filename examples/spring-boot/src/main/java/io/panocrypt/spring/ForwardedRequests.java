package io.panocrypt.spring;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;

/**
 * Checks who may change the address that a request seems to come from before the servlets see it. Source policies count on
 * that address.
 */
final class ForwardedRequests {
    private static final System.Logger LOG = System.getLogger(ForwardedRequests.class.getName());

    private static final String STRATEGY = "server.forward-headers-strategy";
    private static final String PROXIES = "server.tomcat.remoteip.internal-proxies";

    private ForwardedRequests() {}

    static void check(Environment environment) {
        String strategy = environment.getProperty(STRATEGY, "");
        if (strategy.equalsIgnoreCase("framework")) {
            throw new SettingException(
                    STRATEGY + "=framework believes the forwarding headers of any sender, so a device"
                            + " could choose its source: set it to none, and panocrypt.trusted-proxies to your proxies");
        }
        CloudPlatform platform = CloudPlatform.getActive(environment);
        boolean believes = strategy.isEmpty()
                ? platform != null && platform.isUsingForwardHeaders()
                : strategy.equalsIgnoreCase("native");
        if (believes && !environment.containsProperty(PROXIES)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the web server believes the forwarding headers of any sender with a private address, so such a device"
                            + " can choose its source: set {0}=none and panocrypt.trusted-proxies, or {1} to your proxies",
                    STRATEGY,
                    PROXIES);
        }
    }
}
