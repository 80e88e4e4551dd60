package io.panocrypt.standalone.storage;

import io.panocrypt.policy.Members;
import java.io.PrintStream;
import java.nio.file.Files;

/**
 * Creates the administrator of a new site, and prints where the token is or how to get one.
 *
 * @param storage the storage whose data directory holds the token
 * @param adminUrl where operators work
 * @param out where the text is printed
 */
public record FirstAdministrator(Storage storage, String adminUrl, PrintStream out) {
    /** @throws io.panocrypt.policy.spi.store.StoreException if the outcome is unknown; the next start resolves it */
    public void make(Members members) {
        DataDirectory files = storage.files();
        if (files.createFirstAdministrator(members)) {
            out.println("administrator token: " + files.administratorTokenFile());
            out.println("console: " + adminUrl + "/console/ (sign in with that token, over https or on this machine)");
            out.println("next: ./panocrypt device add NAME --source CIDR --url " + adminUrl + " --token-file "
                    + files.administratorTokenFile());
        } else if (!Files.exists(files.administratorTokenFile())) {
            out.println("administrator token: not in " + files.administratorTokenFile()
                    + "; unless somebody has it, replace it by ./panocrypt admin-token --data " + files.directory()
                    + (files.hasOwnMasterKeyFile() ? " --master-key-file " + files.masterKeyFile() : "")
                    + (storage.login().isPresent() ? " and this server's --jdbc options" : ""));
        }
    }
}
