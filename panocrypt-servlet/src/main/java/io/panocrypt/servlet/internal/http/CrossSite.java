package io.panocrypt.servlet.internal.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Recognises requests that a page of another site could have made a browser send, with the user's own credentials. */
public final class CrossSite {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    /** What a browser says of requests by pages of this site, and of those that the user made. */
    private static final Set<String> OWN = Set.of("same-origin", "none");

    private CrossSite() {}

    /**
     * Whether another site may have caused a request that changes something.
     *
     * <p>Browsers set Sec-Fetch-Site on https and no page can change it. Where it is missing, X-Requested-With must be there:
     * a form cannot send it, and a script of another site only with the consent of this one (CORS).
     */
    public static boolean isPossible(HttpServletRequest request) {
        if (READS.contains(request.getMethod())) {
            return false;
        }
        List<String> sites = Collections.list(request.getHeaders("Sec-Fetch-Site"));
        return sites.isEmpty() ? request.getHeader("X-Requested-With") == null : !OWN.containsAll(sites);
    }
}
