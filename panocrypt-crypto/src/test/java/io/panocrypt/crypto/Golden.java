package io.panocrypt.crypto;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Test resources made by the real Tang, Clevis and José, and a lenient reader of their JWKs. */
public final class Golden {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Golden() {}

    public static Path path(String name) {
        try {
            return Path.of(Golden.class.getResource("/golden").toURI()).resolve(name);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(path(name));
    }

    public static JsonNode json(String name) throws IOException {
        return json(path(name));
    }

    public static JsonNode json(Path file) throws IOException {
        return MAPPER.readTree(Files.readAllBytes(file));
    }

    public static JsonNode json(byte[] text) throws IOException {
        return MAPPER.readTree(text);
    }

    /** Every key file of a golden key directory, hidden ones included. */
    public static List<Path> keyFiles(String directory) throws IOException {
        try (Stream<Path> files = Files.list(path(directory))) {
            return files.filter(file -> file.toString().endsWith(".jwk"))
                    .sorted()
                    .toList();
        }
    }

    public static byte[] decode(JsonNode jwk, String member) {
        return Base64.getUrlDecoder().decode(jwk.path(member).textValue());
    }

    public static Curve curve(JsonNode jwk) {
        return Curve.ofCrv(jwk.path("crv").textValue()).orElseThrow();
    }

    public static EcPoint point(JsonNode jwk) throws InvalidPointException {
        return EcPoint.of(curve(jwk), decode(jwk, "x"), decode(jwk, "y"));
    }

    public static EcKeyPair pair(JsonNode jwk) throws InvalidPointException {
        return EcKeyPair.of(curve(jwk), decode(jwk, "d"), point(jwk));
    }
}
