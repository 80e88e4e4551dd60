package io.panocrypt.benchmarks.ec;

import java.security.GeneralSecurityException;

/** A prepared operation. It returns its result, so the compiler cannot drop the work. */
interface Operation {
    Object run() throws GeneralSecurityException;
}
