package io.panocrypt.standalone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.model.backup.BackupReport;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.KeyToken;
import io.panocrypt.standalone.masterkey.MasterKeyFile;
import io.panocrypt.standalone.masterkey.MasterKeyRing;
import io.panocrypt.standalone.masterkey.MasterKeySettings;
import io.panocrypt.standalone.masterkey.Passphrase;
import io.panocrypt.standalone.masterkey.WrapSecrets;
import io.panocrypt.standalone.storage.SealedBackup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a backup without a server. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Opens a backup, checks its history, uses each key in it once, and prints what it holds.",
        footer = {
            "",
            "Exit codes: 0 good, 2 wrong usage or a file that cannot be read, 4 not good: incomplete, changed, sealed under"
                    + " another master key, a history that is not intact, or a key that does not open, 5 the"
                    + " token refused the PIN."
        })
final class BackupVerifyCommand implements Runnable {
    @Parameters(paramLabel = "FILE", description = "What backup has written.")
    private Path file = Path.of("");

    @Option(
            names = "--master-key-file",
            paramLabel = "F",
            required = true,
            description = "The master key of the site: best its copy that is kept apart.")
    private Path masterKeyFile = Path.of("");

    @Option(
            names = "--master-key-passphrase-file",
            paramLabel = "F",
            description = "Its passphrase, if it is wrapped (default: asked for on the terminal).")
    private @Nullable Path passphraseFile;

    @Option(
            names = KeyToken.OPTION,
            paramLabel = "URI",
            description = "The token with the key that it is wrapped under, if it is, written as for serve --pkcs11.")
    private @Nullable String token;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public void run() {
        WrapSecrets secrets = new WrapSecrets(new Passphrase(passphraseFile), new KeyToken(KeyToken.OPTION, token));
        MasterKeyRing keys = MasterKeyRing.open(
                () -> MasterKeyFile.read(masterKeyFile, secrets),
                new MasterKeySettings(Optional.empty(), secrets, List.of()));
        try (SealedBackup opened = SealedBackup.open(file, keys)) {
            BackupReport report = opened.verify();
            if (json) {
                System.out.println(view(report));
            } else {
                print(report);
            }
            if (!report.isGood()) {
                throw StartupException.notIntact("the backup is NOT good: " + problem(report));
            }
        } catch (IOException e) {
            throw StartupException.usage(List.of(file + " cannot be read: " + StartupException.words(e)));
        }
    }

    private static void print(BackupReport report) {
        Facts facts = new Facts()
                .row("backup", report.id())
                .row("taken", report.time().toString());
        new TreeMap<>(report.records()).forEach((kind, count) -> facts.row(kind, Long.toString(count)));
        facts.row("history", report.journal().rows() + " entries");
        for (Verification.Chain chain : report.journal().chains()) {
            facts.row(chain.chain(), "up to entry " + chain.last());
        }
        facts.row("open", report.openGrants().size() + " allowances and approvals, which a restore cancels");
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        facts.print(out);
        out.flush();
    }

    private static ObjectNode view(BackupReport report) {
        ObjectNode view = ApiClient.object()
                .put("id", report.id())
                .put("time", report.time().toString())
                .put("good", report.isGood());
        ObjectNode records = view.putObject("records");
        new TreeMap<>(report.records()).forEach(records::put);
        view.put("intact", report.journal().intact())
                .put("rows", report.journal().rows())
                .put("openGrants", report.openGrants().size());
        view.set("unusableKeys", ApiClient.array(report.unusableKeys()));
        return view;
    }

    private static String problem(BackupReport report) {
        return report.journal()
                .brokenAt()
                .map(at -> "the history is broken at chain " + at.chain() + ", entry " + at.sequence() + ": "
                        + at.problem())
                .orElseGet(() -> report.unusableKeys().size() + " keys do not open, the first is that of "
                        + report.unusableKeys().get(0));
    }
}
