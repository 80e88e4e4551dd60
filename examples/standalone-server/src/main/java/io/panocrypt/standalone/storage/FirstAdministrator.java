package io.panocrypt.standalone.storage;

import io.panocrypt.policy.Members;
import java.io.PrintStream;
import java.nio.file.Files;

/**
 * Makes the administrator of a new site, and tells an operator where the token is or how to get one.
 *
 * <p>The token is on disk before the site knows it: a crash at any moment, or a store that does not tell whether it has made
 * the administrator, costs no token.
 *
 * @param storage whose data directory keeps the token
 * @param adminUrl where operators work
 * @param out is told
 */
public record FirstAdministrator(Storage storage, String adminUrl, PrintStream out) {
    /** @throws io.panocrypt.policy.spi.store.StoreException if it is not known whether there is one; the next start finds out */
    public void make(Members members) {
        DataDirectory files = storage.files();
        members.createFirstAdministrator(files::keepFirstToken);
        if (files.settleFirstToken(token -> members.authenticate(token).isPresent())) {
            out.println("administrator token: " + files.administratorTokenFile());
            out.println("next: ./panocrypt device add NAME --source CIDR --url " + adminUrl + " --token-file "
                    + files.administratorTokenFile());
        } else if (!Files.exists(files.administratorTokenFile())) {
            out.println("administrator token: not in " + files.administratorTokenFile()
                    + "; unless somebody has it, replace it by ./panocrypt admin-token --data " + files.directory()
                    + (storage.login().isPresent() ? " and this server's --jdbc options" : ""));
        }
    }
}
