package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.MasterKeyShare;
import io.panocrypt.crypto.custody.SecretFile;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.CommandGroup;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.PrintingCommand;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.KeyToken;
import io.panocrypt.standalone.masterkey.MasterKeyFile;
import io.panocrypt.standalone.masterkey.Passphrase;
import io.panocrypt.standalone.masterkey.WrapSecrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code master-key}: makes, wraps and splits master keys on this host, and re-wraps a server's keys under another one. */
@Command(
        name = "master-key",
        description = "Make, wrap and split master keys, and replace the one of a server.",
        subcommands = {
            MasterKeyCommand.Create.class,
            MasterKeyCommand.Wrap.class,
            MasterKeyCommand.Split.class,
            MasterKeyCommand.VerifyShares.class,
            MasterKeyCommand.Combine.class,
            MasterKeyCommand.Rewrap.class,
            MasterKeyCommand.Status.class
        })
final class MasterKeyCommand extends CommandGroup {
    private static final String COLLECTION = "master-key";
    private static final String FINGERPRINT = "fingerprint";
    private static final String FROM_TOKEN = "--from-pkcs11";

    /** A command that works with files on this host, and asks no server. */
    abstract static class Local extends PrintingCommand {
        @Option(names = "--json", description = "Print one JSON value; where it fails, what was wrong.")
        private boolean json;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        private boolean help;

        @Override
        public final boolean printsJson() {
            return json;
        }

        @Override
        protected final void act() throws CommandFailure {
            try {
                work();
            } catch (StartupException e) {
                throw CommandFailure.refused(String.valueOf(e.getMessage()));
            }
        }

        abstract void work() throws CommandFailure;

        void printFingerprint(MasterKey key, String... notes) {
            print(ApiClient.object().put(FINGERPRINT, key.fingerprint()), notes);
        }

        void print(ObjectNode answer, String... notes) {
            print(new ApiAnswer(answer.toString(), answer), printed -> {
                out().println(cell(printed.path(FINGERPRINT)));
                Arrays.stream(notes).forEach(err()::println);
            });
        }
    }

    @Command(
            name = "create",
            description = "Make a master key in a new file; prints its fingerprint, which is no secret.")
    static final class Create extends Local {
        @Parameters(paramLabel = "FILE", description = "Where to write it, with mode 0600; must not exist.")
        private Path file = Path.of("");

        @Override
        void work() {
            try (MasterKey made = MasterKey.generate(new SecureRandom())) {
                MasterKeyFile.save(made, file);
                printFingerprint(made);
            }
        }
    }

    @Command(
            name = "wrap",
            description = {
                "Copy a master key into a new file, encrypted under a new passphrase, or under a key in a PKCS#11 token.",
                "The key stays the same, so the server needs no re-wrap; remove the old file."
            })
    static final class Wrap extends Local {
        @Parameters(index = "0", paramLabel = "FILE", description = "The master key.")
        private Path file = Path.of("");

        @Parameters(index = "1", paramLabel = "NEW", description = "The new file; must not exist.")
        private Path target = Path.of("");

        @Option(
                names = "--passphrase-file",
                paramLabel = "F",
                description = "Holds the new passphrase (default: typed twice).")
        private @Nullable Path passphraseFile;

        @Option(
                names = "--pkcs11",
                paramLabel = "URI",
                description =
                        "The token instead of a passphrase, written as for serve --pkcs11. An AES-256 key that never"
                                + " leaves it is made there the first time.")
        private @Nullable String token;

        @Option(names = FROM_TOKEN, paramLabel = "URI", description = "The token in which FILE is wrapped, if it is.")
        private @Nullable String oldToken;

        @Override
        void work() throws CommandFailure {
            if (token != null && passphraseFile != null) {
                throw CommandFailure.usage("--pkcs11 goes without --passphrase-file");
            }
            KeyToken from = new KeyToken(FROM_TOKEN, oldToken);
            try (MasterKey key = MasterKeyFile.read(file, new WrapSecrets(new Passphrase(null), from))) {
                if (token == null) {
                    MasterKeyFile.wrap(key, target, new Passphrase(passphraseFile));
                } else {
                    MasterKeyFile.wrap(key, target, new KeyToken("--pkcs11", token));
                }
                printFingerprint(key);
            }
        }
    }

    @Command(
            name = "split",
            description = {
                "Split a master key into shares, some of which give the key again.",
                "Prints them, one a line, or writes each into a file. The key stays the same."
            })
    static final class Split extends Local {
        @Parameters(paramLabel = "FILE", description = "The master key.")
        private Path file = Path.of("");

        @Option(names = "--shares", paramLabel = "N", required = true, description = "How many to make, at most 255.")
        private int count;

        @Option(
                names = "--threshold",
                paramLabel = "M",
                required = true,
                description = "How many give the key, at least 2.")
        private int threshold;

        @Option(
                names = "--out",
                paramLabel = "DIR",
                description = "Write DIR/share-1 and so on, with mode 0600 (default: print).")
        private @Nullable Path directory;

        @Option(
                names = "--passphrase-file",
                paramLabel = "F",
                description = "The passphrase of a wrapped key (default: typed).")
        private @Nullable Path passphraseFile;

        @Option(
                names = FROM_TOKEN,
                paramLabel = "URI",
                description = "The token in which FILE is wrapped, if it is, written as for serve --pkcs11.")
        private @Nullable String token;

        @Override
        void work() throws CommandFailure {
            List<MasterKeyShare> shares = List.of();
            WrapSecrets secrets = new WrapSecrets(new Passphrase(passphraseFile), new KeyToken(FROM_TOKEN, token));
            try (MasterKey key = MasterKeyFile.read(file, secrets)) {
                shares = MasterKeyShare.split(key, threshold, count, new SecureRandom());
                write(key, shares);
            } catch (IllegalArgumentException e) {
                throw CommandFailure.usage(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                throw CommandFailure.refused("a share could not be written: " + StartupException.words(e));
            } finally {
                shares.forEach(MasterKeyShare::close);
            }
        }

        private void write(MasterKey key, List<MasterKeyShare> shares) throws IOException {
            ObjectNode answer = ApiClient.object().put(FINGERPRINT, key.fingerprint());
            if (directory == null) {
                List<String> texts = shares.stream()
                        .map(share -> new String(share.text(), StandardCharsets.US_ASCII))
                        .toList();
                answer.set("shares", ApiClient.array(texts));
                print(new ApiAnswer(answer.toString(), answer), printed -> texts.forEach(out()::println));
                return;
            }
            List<String> files = new ArrayList<>();
            for (MasterKeyShare share : shares) {
                Path target = directory.resolve("share-" + share.index());
                byte[] text = share.text();
                try {
                    SecretFile.create(target, text);
                } finally {
                    Arrays.fill(text, (byte) 0);
                }
                files.add(target.toString());
            }
            answer.set("files", ApiClient.array(files));
            print(new ApiAnswer(answer.toString(), answer), printed -> files.forEach(out()::println));
        }
    }

    /** A command that puts shares together. */
    abstract static class OfShares extends Local {
        /** The key, which the caller closes. */
        final MasterKey combine(List<Path> files) throws CommandFailure {
            List<MasterKeyShare> shares = new ArrayList<>();
            try {
                for (Path file : files) {
                    shares.add(read(file));
                }
                return MasterKeyShare.combine(shares);
            } catch (IllegalArgumentException e) {
                throw CommandFailure.refused(String.valueOf(e.getMessage()));
            } finally {
                shares.forEach(MasterKeyShare::close);
            }
        }

        private static MasterKeyShare read(Path file) throws CommandFailure {
            try {
                byte[] text = SecretFile.read(file, MasterKeyShare.MAX_TEXT, "share");
                try {
                    return MasterKeyShare.parse(text);
                } catch (IllegalArgumentException e) {
                    throw CommandFailure.refused(file + ": " + e.getMessage());
                } finally {
                    Arrays.fill(text, (byte) 0);
                }
            } catch (IOException e) {
                throw CommandFailure.usage(StartupException.words(e));
            }
        }
    }

    @Command(
            name = "verify-shares",
            description = {
                "Check that shares give their key, and print the key's fingerprint; 'master-key status' prints the server's.",
                "More shares than needed are all checked."
            })
    static final class VerifyShares extends OfShares {
        @Parameters(paramLabel = "SHARE", arity = "1..*", description = "The files of the shares.")
        private List<Path> files = new ArrayList<>();

        @Override
        void work() throws CommandFailure {
            try (MasterKey key = combine(files)) {
                printFingerprint(key, files.size() + " shares give the key with this fingerprint");
            }
        }
    }

    @Command(name = "combine", description = "Put shares together and write their key into a new file.")
    static final class Combine extends OfShares {
        @Option(
                names = "--out",
                paramLabel = "FILE",
                required = true,
                description = "Where to write it, with mode 0600; must not exist.")
        private Path target = Path.of("");

        @Parameters(paramLabel = "SHARE", arity = "1..*", description = "The files of the shares.")
        private List<Path> files = new ArrayList<>();

        @Override
        void work() throws CommandFailure {
            try (MasterKey key = combine(files)) {
                MasterKeyFile.save(key, target);
                printFingerprint(key);
            }
        }
    }

    @Command(
            name = "rewrap",
            description = {
                "Seal all keys of a server again, under the master key that its nodes have first.",
                "Start every node with the new key and --previous-master-key-file before. Returns at once; 'master-key status'"
                        + " shows how far it is."
            })
    static final class Rewrap extends ServerCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.post(ApiClient.path(COLLECTION, "rewrap"), ApiClient.object(), FINGERPRINT), this::show);
        }

        private void show(JsonNode status) {
            facts(status).print(out());
        }
    }

    @Command(name = "status", description = "Show under which master keys a server's keys are sealed.")
    static final class Status extends ServerCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.get(ApiClient.path(COLLECTION), FINGERPRINT),
                    status -> facts(status).print(out()));
        }
    }

    private static Facts facts(JsonNode status) {
        Facts facts = new Facts()
                .row(FINGERPRINT, cell(status.path(FINGERPRINT)))
                .row("keys", cell(status.path("keys")))
                .row("under previous keys", cell(status.path("remaining")));
        status.path("previous").forEach(previous -> facts.row("previous", cell(previous)));
        if (!status.path("rewrapStarted").isNull()) {
            facts.row("re-wrap began", cell(status.path("rewrapStarted")));
        }
        status.path("unusable").forEach(object -> facts.row("cannot be used", cell(object)));
        for (JsonNode node : status.path("nodes")) {
            facts.row("node", cell(node.path("id")) + ", has " + fingerprints(node));
        }
        return facts.row("state", state(status));
    }

    private static String fingerprints(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.path("fingerprints")
                .forEach(each ->
                        names.add(cell(each).substring(0, Math.min(8, cell(each).length()))));
        return String.join(" ", names);
    }

    private static String state(JsonNode status) {
        if (status.path("settled").asBoolean()) {
            return status.path("offered").equals(status.path(FINGERPRINT))
                    ? "settled: nodes need no other master key"
                    : "settled; this server can re-wrap to " + cell(status.path("offered"));
        }
        return status.path("unusable").isEmpty()
                ? "re-wrapping: keep the previous master keys"
                : "some keys do not open: keep the previous master keys";
    }
}
