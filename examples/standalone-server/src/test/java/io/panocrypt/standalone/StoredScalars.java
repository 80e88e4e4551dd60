package io.panocrypt.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Opens the exchange keys that a server has made, as whoever has the database and the master key can. */
final class StoredScalars implements EcEngine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_GENERATION = 9;

    private final EcEngine engine = new StandardEngine(new SecureRandom());
    private final Map<String, byte[]> found = new HashMap<>();
    private String device = "";

    private StoredScalars() {}

    /** The scalars by device and generation. */
    static Map<String, byte[]> read(Path data, MasterKey master) throws Exception {
        StoredScalars scalars = new StoredScalars();
        SealedKeyCustody custody = new SealedKeyCustody(master, scalars, new SecureRandom());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("panocrypt.db"));
                Statement query = connection.createStatement();
                ResultSet rows = query.executeQuery("SELECT id, body FROM panocrypt_record WHERE kind = 'device'")) {
            while (rows.next()) {
                String id = rows.getString(1);
                for (JsonNode exchange : JSON.readTree(rows.getString(2)).findValues("exchange")) {
                    scalars.open(custody, id, exchange);
                }
            }
        }
        return scalars.found;
    }

    private void open(SealedKeyCustody custody, String id, JsonNode exchange) throws Exception {
        PublicJwk publicKey =
                PublicJwk.parseAsWritten(exchange.path("publicJwk").asText());
        Curve curve = publicKey.point().curve();
        CustodyKey key = new CustodyKey(
                publicKey, Base64.getUrlDecoder().decode(exchange.path("sealed").asText()));
        for (int generation = 0; generation <= MAX_GENERATION; generation++) {
            device = id + " generation " + generation;
            try {
                custody.exchange(new KeyLabel(id, generation, KeyRole.EXCHANGE, curve), key, EcPoint.generator(curve));
                return;
            } catch (CustodyException e) {
                // Another generation, or a reference to a key in the token.
            }
        }
    }

    @Override
    public EcKeyPair generate(Curve curve) {
        return engine.generate(curve);
    }

    @Override
    public ScalarMultiplier multiplier(EcKeyPair key) {
        found.put(device, key.copyScalar());
        return engine.multiplier(key);
    }
}
