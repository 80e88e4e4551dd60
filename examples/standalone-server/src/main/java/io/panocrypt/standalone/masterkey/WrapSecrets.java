package io.panocrypt.standalone.masterkey;

/**
 * What opens master keys that are wrapped: each is asked only for a file that needs it.
 *
 * @param passphrase of files that are wrapped under one
 * @param token of files that are wrapped under a key in it
 */
public record WrapSecrets(Passphrase passphrase, KeyToken token) {
    /** A passphrase that is typed. */
    public static final WrapSecrets TYPED = new WrapSecrets(new Passphrase(null), new KeyToken(KeyToken.OPTION, null));

    /** Whether one was named, so that the master key is meant to be wrapped. */
    public boolean isNamed() {
        return passphrase.isInFile() || token.uri() != null;
    }
}
