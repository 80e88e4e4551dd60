package io.panocrypt.benchmarks.ec;

import java.security.GeneralSecurityException;

/** One operation with everything prepared; it hands out its result, so that no compiler leaves the work out. */
interface Operation {
    Object run() throws GeneralSecurityException;
}
