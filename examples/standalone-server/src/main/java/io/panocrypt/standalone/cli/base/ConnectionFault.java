package io.panocrypt.standalone.cli.base;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Describes in one line why a server was not reached, and what to do. */
public final class ConnectionFault {
    private ConnectionFault() {}

    /** @param option what names the server on the command line */
    public static CommandFailure of(String option, String address, IOException fault) {
        return CommandFailure.unreachable("cannot reach " + address + ": " + reason(option, address, fault));
    }

    private static String reason(String option, String address, IOException fault) {
        if (has(fault, HttpConnectTimeoutException.class) || has(fault, NoRouteToHostException.class)) {
            return "no way to it; are the address and the port right, and does no firewall stop you?";
        }
        if (fault instanceof HttpTimeoutException) {
            return "no whole answer in time";
        }
        if (has(fault, UnresolvedAddressException.class) || has(fault, UnknownHostException.class)) {
            return "the host " + URI.create(address).getHost() + " is not known here; is its name right?";
        }
        if (fault instanceof ConnectException) {
            return "no connection; does the server run?";
        }
        if (!address.toLowerCase(Locale.ROOT).startsWith("https:")) {
            return "it does not answer as an HTTP server does; if it serves https, type https:// in " + option;
        }
        if (has(fault, CertificateExpiredException.class)) {
            return "its certificate has expired; renew it on the server (or is this machine's clock wrong?)";
        }
        if (has(fault, CertificateNotYetValidException.class)) {
            return "its certificate is not valid yet; is this machine's clock right, and the server's?";
        }
        if (has(fault, CertPathBuilderException.class) || has(fault, CertPathValidatorException.class)) {
            return "its certificate's issuer is not known here; give the issuer's certificate with --ca FILE";
        }
        if (has(fault, CertificateException.class)) {
            return "its certificate is for another name; type in " + option + " a name that stands in it";
        }
        if (String.valueOf(fault.getMessage()).contains("SSL message")) {
            return "it does not speak TLS; if it serves plain http, type http:// in " + option;
        }
        return fault instanceof SSLException
                ? "no TLS session: " + fault.getMessage()
                : "the connection broke: " + fault.getMessage();
    }

    private static boolean has(Throwable fault, Class<? extends Throwable> type) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
