package io.panocrypt.crypto.tang;

/** What a key of a Tang server is for; no key is for both. */
public enum KeyRole {
    /** Signs advertisements. */
    SIGNING,
    /** Answers recovery requests. */
    EXCHANGE
}
