package io.panocrypt.standalone.demo;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** A disk of the demo: bound once to a server, and opened again and again with the server's help. */
interface DemoDisk {
    /** What stands in for the machine, to be shown. */
    String description();

    /** Binds the disk to an unlock URL whose advertisement a key with that thumbprint signs. */
    void bind(String url, String thumbprint) throws IOException, GeneralSecurityException, InterruptedException;

    /** Whether the disk opens now. */
    boolean opens() throws IOException, GeneralSecurityException, InterruptedException;
}
