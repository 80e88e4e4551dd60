package io.panocrypt.spring;

import jakarta.servlet.http.HttpServletRequest;

/** The paths of the service, matched on the target as it was sent, as the servlets do. */
record DevicePaths(String prefix) {
    /** Whether the path is a device's. */
    boolean isDevice(HttpServletRequest request) {
        return path(request).startsWith("/u/");
    }

    /** Whether machines or supervisors ask there: they never sign in. */
    boolean isForMachines(HttpServletRequest request) {
        String path = path(request);
        return path.startsWith("/u/") || path.equals("/enroll") || path.equals("/healthz") || path.equals("/readyz");
    }

    boolean isForOperators(HttpServletRequest request) {
        return path(request).startsWith("/api/v1/");
    }

    /** The path after context path and prefix; empty if it is none of ours. */
    private String path(HttpServletRequest request) {
        String base = request.getContextPath() + prefix;
        String target = request.getRequestURI();
        return target.startsWith(base) ? target.substring(base.length()) : "";
    }
}
