package io.panocrypt.standalone.demo;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** A disk of the demo. It is bound to a server once, and opened repeatedly with the server's help. */
interface DemoDisk {
    /** A description of the disk, to print. */
    String description();

    /** Binds the disk to an unlock URL. The advertisement must be signed by the key with this thumbprint. */
    void bind(String url, String thumbprint) throws IOException, GeneralSecurityException, InterruptedException;

    /** Whether the disk opens now. */
    boolean opens() throws IOException, GeneralSecurityException, InterruptedException;
}
