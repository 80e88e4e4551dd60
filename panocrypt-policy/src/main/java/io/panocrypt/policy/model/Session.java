package io.panocrypt.policy.model;

import java.time.Instant;

/**
 * A member's stay in a browser, from signing in to signing out. It does not hold the token by which it is found.
 *
 * @param id never changes
 * @param memberId whose it is
 * @param signIn how the member signed in
 * @param userAgent what the browser calls itself, at most 200 characters; untrusted text
 * @param created when the member signed in
 * @param lastUsed the last use that is recorded; a use is recorded once a minute at most
 * @param version counts changes from 1
 */
public record Session(
        String id, String memberId, SignIn signIn, String userAgent, Instant created, Instant lastUsed, long version) {

    /** The longest name of a browser that is kept, in characters. */
    public static final int MAX_USER_AGENT = 200;

    /** The ways to sign in. */
    public enum SignIn implements WireNamed {
        /** By the member's bearer token: only for want of anything better, since whoever has seen the token can do it. */
        TOKEN,
        /** By a passkey. */
        PASSKEY,
        /** By a directory outside, such as an OpenID provider. */
        DIRECTORY;

        /** Whether it is the way for emergencies. */
        public boolean isBreakGlass() {
            return this == TOKEN;
        }
    }
}
