package io.panocrypt.standalone.masterkey;

import io.panocrypt.crypto.custody.Pkcs11Wrap;
import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The PKCS#11 token with the key that master keys are wrapped under.
 *
 * @param option of the command that names the token
 * @param uri by RFC 7512, with the file of the PIN and not the PIN; null if no token is named
 */
public record KeyToken(String option, @Nullable String uri) {
    /** The option of the server and of all commands that open its store. */
    public static final String OPTION = "--master-key-pkcs11";

    private static final String NEW_ALIAS = "panocrypt-master-key";

    /** Finds a wrong URI, module or PIN file without using the token. */
    public void check(List<String> problems) {
        if (uri != null) {
            try {
                Pkcs11Wrap.open(uri, NEW_ALIAS).close();
            } catch (IllegalArgumentException | IOException e) {
                problems.add(option + ": " + e.getMessage());
            }
        }
    }

    /** A wrap that opens what was wrapped, by its envelope. */
    TokenWrap wrap() {
        return new TokenWrap(this, NEW_ALIAS);
    }

    Pkcs11Wrap open(String alias) {
        String token = uri;
        if (token == null) {
            throw StartupException.usage(
                    List.of("the master key is wrapped under a key in a PKCS#11 token: name the token with " + option));
        }
        try {
            return Pkcs11Wrap.open(token, alias);
        } catch (IllegalArgumentException | IOException e) {
            throw StartupException.usage(List.of(option + ": " + e.getMessage()));
        }
    }
}
