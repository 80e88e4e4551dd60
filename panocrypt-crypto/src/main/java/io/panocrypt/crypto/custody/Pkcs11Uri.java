package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which token of which module, and where its PIN is (RFC 7512).
 *
 * @param token what the token must say about itself: a value for each given attribute of {@link #TOKEN_ATTRIBUTES}
 * @param slot the slot's number; absent to look into every slot
 * @param module the PKCS#11 library
 * @param pinFile the file with the PIN
 */
record Pkcs11Uri(Map<String, String> token, OptionalLong slot, Path module, Path pinFile) {
    static final Set<String> TOKEN_ATTRIBUTES = Set.of("token", "serial", "manufacturer", "model");
    private static final String SCHEME = "pkcs11:";
    private static final Set<String> PATH = Set.of("token", "serial", "manufacturer", "model", "slot-id");
    private static final Set<String> QUERY = Set.of("module-path", "pin-source");

    /**
     * Reads a URI. No message repeats it, because it may contain a PIN.
     *
     * @throws IllegalArgumentException if it is malformed, has an attribute that is not supported, or lacks one
     */
    static Pkcs11Uri parse(String uri) {
        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new IllegalArgumentException("a PKCS#11 URI begins with " + SCHEME);
        }
        String rest = uri.substring(SCHEME.length());
        int mark = rest.indexOf('?');
        Map<String, String> path = attributes(mark < 0 ? rest : rest.substring(0, mark), ";");
        Map<String, String> query = attributes(mark < 0 ? "" : rest.substring(mark + 1), "&");
        if (query.containsKey("pin-value") || path.containsKey("pin-value")) {
            throw new IllegalArgumentException("pin-value is refused, because every user of this machine could read it"
                    + " in the list of processes: write the PIN to a file and give pin-source=file:/path");
        }
        refuseOthers(path.keySet(), PATH);
        refuseOthers(query.keySet(), QUERY);
        if (path.isEmpty()) {
            throw new IllegalArgumentException("a PKCS#11 URI must name the token, for example by token=NAME");
        }
        OptionalLong slot = path.containsKey("slot-id") ? slot(path.remove("slot-id")) : OptionalLong.empty();
        return new Pkcs11Uri(Map.copyOf(path), slot, file(query, "module-path"), file(query, "pin-source"));
    }

    /**
     * Checks the module and the PIN's file, without the token.
     *
     * @throws IOException if there is no such module, or the PIN cannot be read
     */
    void checkFiles() throws IOException {
        if (!Files.isRegularFile(module)) {
            throw new IOException("PKCS#11 module " + module + " is missing or not a regular file");
        }
        Arrays.fill(new PinFile(pinFile).read(), '\0');
    }

    private static Map<String, String> attributes(String text, String separator) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String attribute : text.split(separator)) {
            if (attribute.isEmpty()) {
                continue;
            }
            int equals = attribute.indexOf('=');
            if (equals < 1 || attributes.put(attribute.substring(0, equals), decoded(attribute, equals + 1)) != null) {
                throw new IllegalArgumentException(
                        "a PKCS#11 URI has attributes name=value, each once, with " + separator + " between them");
            }
        }
        return attributes;
    }

    private static String decoded(String attribute, int from) {
        try {
            return URLDecoder.decode(attribute.substring(from).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Without the cause, which quotes the value.
            throw new IllegalArgumentException("a PKCS#11 URI has a malformed percent sign");
        }
    }

    private static void refuseOthers(Set<String> given, Set<String> known) {
        for (String name : given) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("a PKCS#11 URI with the attribute " + name
                        + " is not supported here; supported are token, serial, manufacturer, model, slot-id,"
                        + " module-path and pin-source");
            }
        }
    }

    private static OptionalLong slot(String number) {
        if (!number.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("slot-id of a PKCS#11 URI must be a decimal number");
        }
        return OptionalLong.of(Long.parseLong(number));
    }

    private static Path file(Map<String, String> query, String name) {
        String value = query.getOrDefault(name, "");
        String path = value.startsWith("file:") ? value.substring("file:".length()) : value;
        String absolute = path.startsWith("///") ? path.substring(2) : path;
        // The configuration of the JDK's provider has no quoting for the rest.
        if (!absolute.matches("/[A-Za-z0-9._/@+~:-]+")) {
            throw new IllegalArgumentException("a PKCS#11 URI needs " + name + ", an absolute path"
                    + " with letters, digits and . _ / @ + ~ : - only");
        }
        return Path.of(absolute);
    }
}
