package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A custody with a master key in its own folder; knows every private key that it generated. */
class SealedFixture implements CustodyFixture {
    private final Path folder;
    private final EcEngine engine;
    private final List<byte[]> scalars = new CopyOnWriteArrayList<>();
    private final List<MasterKey> others = new ArrayList<>();
    private final Map<CustodyKey, KeyLabel> labels = new ConcurrentHashMap<>();
    private MasterKey master;
    private KeyCustody custody;

    SealedFixture(EcEngine engine) throws IOException {
        this.folder = Files.createTempDirectory("custody");
        this.engine = new RecordingEngine(engine, scalars);
        this.master = MasterKey.create(file(), new SecureRandom());
        this.custody = custody(master);
    }

    /** For mistakes that need to know the label of each key; filled by them. */
    final Map<CustodyKey, KeyLabel> labels() {
        return labels;
    }

    private Path file() {
        return folder.resolve("master-key");
    }

    private KeyCustody custody(MasterKey key) {
        return spoilt(sealed(key, new SecureRandom()));
    }

    /** The custody under test; the correct one unless overridden. */
    KeyCustody spoilt(KeyCustody right) {
        return right;
    }

    /** A correct custody with the same master key. */
    final KeyCustody sealed(SecureRandom random) {
        return sealed(master, random);
    }

    private SealedKeyCustody sealed(MasterKey key, SecureRandom random) {
        return new SealedKeyCustody(key, engine, random);
    }

    @Override
    public KeyCustody custody() {
        return custody;
    }

    @Override
    public Optional<KeyCustody> stranger() throws IOException {
        MasterKey other = MasterKey.create(folder.resolve("other-" + others.size()), new SecureRandom());
        others.add(other);
        return Optional.of(custody(other));
    }

    @Override
    public Optional<KeyCustody> successor() throws IOException {
        MasterKey other = MasterKey.create(folder.resolve("other-" + others.size()), new SecureRandom());
        others.add(other);
        return Optional.of(spoilt(new SealedKeyCustody(other, List.of(master), engine, new SecureRandom())));
    }

    @Override
    public boolean reopens() {
        return true;
    }

    @Override
    public void reopen() throws IOException {
        master.close();
        master = MasterKey.load(file());
        custody = custody(master);
    }

    @Override
    public List<byte[]> secrets() {
        List<byte[]> secrets = new ArrayList<>(scalars);
        secrets.add(masterKey().getBytes(StandardCharsets.US_ASCII));
        secrets.add(Base64.getUrlDecoder().decode(masterKey()));
        return secrets;
    }

    /** The master key in the form of its file. */
    final String masterKey() {
        try {
            return Files.readString(file()).strip();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        master.close();
        for (int i = 0; i < others.size(); i++) {
            others.get(i).close();
            Files.delete(folder.resolve("other-" + i));
        }
        Files.delete(file());
        Files.delete(folder);
    }

    private record RecordingEngine(EcEngine engine, List<byte[]> scalars) implements EcEngine {
        @Override
        public EcKeyPair generate(Curve curve) {
            EcKeyPair pair = engine.generate(curve);
            scalars.add(pair.copyScalar());
            return pair;
        }

        @Override
        public ScalarMultiplier multiplier(EcKeyPair key) {
            return engine.multiplier(key);
        }
    }
}
