package io.panocrypt.architecture;

import static io.panocrypt.architecture.HouseRule.API_SHOWS_NO_FOREIGN_TYPE;
import static io.panocrypt.architecture.HouseRule.CRYPTO_KNOWS_NO_DEVICE;
import static io.panocrypt.architecture.HouseRule.DECISION_IS_PURE;
import static io.panocrypt.architecture.HouseRule.ENTRY_STORE_KNOWS_ITS_SPI_ONLY;
import static io.panocrypt.architecture.HouseRule.EXPORTED_PACKAGES_HOLD_API_ONLY;
import static io.panocrypt.architecture.HouseRule.JDBC_STORE_KNOWS_ITS_SPI_ONLY;
import static io.panocrypt.architecture.HouseRule.MAIN_CODE_USES_NO_BOUNCY_CASTLE;
import static io.panocrypt.architecture.HouseRule.MEMORY_STORE_KNOWS_ITS_SPI_ONLY;
import static io.panocrypt.architecture.HouseRule.NO_PACKAGE_HOLDS_OVER_40_TYPES;
import static io.panocrypt.architecture.HouseRule.NO_PACKAGE_IS_NAMED_UTIL;
import static io.panocrypt.architecture.HouseRule.ONLY_NOTIFY_OPENS_SOCKETS;
import static io.panocrypt.architecture.HouseRule.ONLY_THE_JDBC_STORE_SPEAKS_SQL;
import static io.panocrypt.architecture.HouseRule.PACKAGES_FORM_NO_CYCLE;
import static io.panocrypt.architecture.HouseRule.POLICY_KNOWS_NO_SERVLET;
import static io.panocrypt.architecture.HouseRule.ROOT_PACKAGES_HOLD_PUBLIC_TYPES_ONLY;
import static io.panocrypt.architecture.HouseRule.SERVLET_KNOWS_NO_CONSOLE;
import static io.panocrypt.architecture.HouseRule.SERVLET_TOUCHES_NO_STORE;

import io.panocrypt.architecture.SmallHouse.Code;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Code that violates one rule, in a class named Culprit. */
record UnlawfulCode(HouseRule breaks, List<Code> codes) {
    static final Set<String> EXPORTED = Set.of(
            "io.panocrypt.crypto.ec",
            "io.panocrypt.policy",
            "io.panocrypt.policy.model",
            "io.panocrypt.policy.notify",
            "io.panocrypt.policy.spi.store",
            "io.panocrypt.policy.store.jdbc",
            "io.panocrypt.policy.store.memory",
            "io.panocrypt.console",
            "io.panocrypt.servlet",
            "io.panocrypt.servlet.internal.leaked",
            "io.panocrypt.testkit.junit");

    static Stream<UnlawfulCode> all() {
        return Stream.of(
                knows(CRYPTO_KNOWS_NO_DEVICE, "io.panocrypt.crypto.ec", "io.panocrypt.policy.model.Device"),
                knows(CRYPTO_KNOWS_NO_DEVICE, "io.panocrypt.crypto.tang", "io.panocrypt.servlet.Wire"),
                knows(CRYPTO_KNOWS_NO_DEVICE, "io.panocrypt.crypto.tang", "io.panocrypt.testkit.Emulator"),
                knows(POLICY_KNOWS_NO_SERVLET, "io.panocrypt.policy", "io.panocrypt.servlet.Wire"),
                knows(POLICY_KNOWS_NO_SERVLET, "io.panocrypt.policy.model", "io.panocrypt.testkit.Emulator"),
                knows(POLICY_KNOWS_NO_SERVLET, "io.panocrypt.policy.internal.admission", "jakarta.servlet.http.Cookie"),
                has(ONLY_NOTIFY_OPENS_SOCKETS, "io.panocrypt.policy", "java.net.http.HttpClient client;"),
                has(ONLY_NOTIFY_OPENS_SOCKETS, "io.panocrypt.policy.spi.store", "java.net.Socket socket;"),
                has(ONLY_NOTIFY_OPENS_SOCKETS, "io.panocrypt.policy", "java.nio.channels.SocketChannel channel;"),
                has(ONLY_NOTIFY_OPENS_SOCKETS, "io.panocrypt.policy", "javax.net.ssl.SSLSocketFactory factory;"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "java.io.File file;"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "java.nio.file.Path path;"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "java.net.InetAddress peer;"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "java.sql.Connection connection;"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "java.time.Clock clock;"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "java.time.InstantSource clock;"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "java.security.SecureRandom random;"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "long t = System.currentTimeMillis();"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "long t = System.nanoTime();"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "Object t = java.time.Instant.now();"),
                has(DECISION_IS_PURE, "io.panocrypt.policy.internal.decision", "Object t = java.time.LocalDate.now();"),
                knows(
                        DECISION_IS_PURE,
                        "io.panocrypt.policy.internal.decision",
                        "io.panocrypt.policy.store.memory.Memory"),
                has(ONLY_THE_JDBC_STORE_SPEAKS_SQL, "io.panocrypt.policy.spi.store", "java.sql.Connection connection;"),
                has(ONLY_THE_JDBC_STORE_SPEAKS_SQL, "io.panocrypt.policy", "javax.sql.DataSource source;"),
                has(ONLY_THE_JDBC_STORE_SPEAKS_SQL, "io.panocrypt.policy.store.memory", "java.sql.Date date;"),
                knows(
                        MEMORY_STORE_KNOWS_ITS_SPI_ONLY,
                        "io.panocrypt.policy.store.memory",
                        "io.panocrypt.policy.internal.decision.Decide"),
                knows(
                        MEMORY_STORE_KNOWS_ITS_SPI_ONLY,
                        "io.panocrypt.policy.store.memory",
                        "io.panocrypt.policy.store.jdbc.Jdbc"),
                knows(
                        ENTRY_STORE_KNOWS_ITS_SPI_ONLY,
                        "io.panocrypt.policy.store.entry",
                        "io.panocrypt.policy.internal.decision.Decide"),
                knows(JDBC_STORE_KNOWS_ITS_SPI_ONLY, "io.panocrypt.policy.store.jdbc", "io.panocrypt.policy.Facade"),
                knows(JDBC_STORE_KNOWS_ITS_SPI_ONLY, "io.panocrypt.policy.store.jdbc", "org.sqlite.Driver"),
                knows(SERVLET_TOUCHES_NO_STORE, "io.panocrypt.servlet", "io.panocrypt.policy.store.jdbc.Jdbc"),
                knows(SERVLET_TOUCHES_NO_STORE, "io.panocrypt.console", "io.panocrypt.policy.store.jdbc.Jdbc"),
                knows(SERVLET_KNOWS_NO_CONSOLE, "io.panocrypt.servlet", "io.panocrypt.console.Page"),
                edits("io.panocrypt.policy"),
                edits("io.panocrypt.policy.internal.outbox"),
                edits("io.panocrypt.servlet"),
                breaks(
                        PACKAGES_FORM_NO_CYCLE,
                        new Code("io.panocrypt.policy.model.Culprit", "io.panocrypt.policy.spi.store.Store store;"),
                        new Code("io.panocrypt.policy.spi.store.Store", "io.panocrypt.policy.model.Culprit culprit;")),
                has(EXPORTED_PACKAGES_HOLD_API_ONLY, "io.panocrypt.policy.outbox", ""),
                has(EXPORTED_PACKAGES_HOLD_API_ONLY, "io.panocrypt.servlet.internal.leaked", ""),
                has(EXPORTED_PACKAGES_HOLD_API_ONLY, "io.panocrypt.testkit.hidden", ""),
                breaks(
                        ROOT_PACKAGES_HOLD_PUBLIC_TYPES_ONLY,
                        new Code("io.panocrypt.policy.Facade", "} class Culprit {")),
                breaks(
                        NO_PACKAGE_HOLDS_OVER_40_TYPES,
                        IntStream.rangeClosed(0, 40)
                                .mapToObj(i -> new Code("io.panocrypt.policy.model.Culprit" + i, ""))
                                .toArray(Code[]::new)),
                has(NO_PACKAGE_IS_NAMED_UTIL, "io.panocrypt.policy.util", ""),
                has(NO_PACKAGE_IS_NAMED_UTIL, "io.panocrypt.crypto.utils.text", ""),
                knows(MAIN_CODE_USES_NO_BOUNCY_CASTLE, "io.panocrypt.crypto.ec", "org.bouncycastle.math.ec.ECPoint"),
                knows(MAIN_CODE_USES_NO_BOUNCY_CASTLE, "io.panocrypt.policy.notify", "org.bouncycastle.mail.Mail"),
                knows(MAIN_CODE_USES_NO_BOUNCY_CASTLE, "io.panocrypt.servlet", "org.bouncycastle.util.Arrays"),
                shows("public JsonNode field;"),
                shows("protected JsonNode field;"),
                shows("public JsonNode returned() { return null; }"),
                shows("public void taken(JsonNode[] nodes) {}"),
                shows("public java.util.Map<String, java.util.List<? extends JsonNode>> generic;"),
                shows("public Culprit(JsonNode node) {}"),
                shows("public static class Nested extends JsonNode {}"),
                shows("io.panocrypt.policy.model", "org.junit.jupiter.api.extension.ExtensionContext"),
                shows("io.panocrypt.testkit.junit", "org.bouncycastle.math.ec.ECPoint"),
                breaks(
                        API_SHOWS_NO_FOREIGN_TYPE,
                        new Code(
                                "io.panocrypt.policy.model.Culprit",
                                "public io.panocrypt.policy.internal.decision.Decision decision;"),
                        new Code("io.panocrypt.policy.internal.decision.Decision", "")));
    }

    private static UnlawfulCode breaks(HouseRule rule, Code... codes) {
        return new UnlawfulCode(rule, List.of(codes));
    }

    private static UnlawfulCode has(HouseRule rule, String packageName, String members) {
        return breaks(rule, new Code(packageName + ".Culprit", members));
    }

    private static UnlawfulCode knows(HouseRule rule, String packageName, String known) {
        return breaks(rule, new Code(packageName + ".Culprit", known + " known;"), new Code(known, ""));
    }

    private static UnlawfulCode edits(String packageName) {
        String edit = "io.panocrypt.policy.spi.store.StoreWrite";
        return breaks(
                HouseRule.ONLY_THE_EDITOR_MAKES_EDITS,
                new Code(packageName + ".Culprit", "Object edit = new " + edit + "();"),
                new Code(edit, ""));
    }

    private static UnlawfulCode shows(String members) {
        String node = "com.fasterxml.jackson.databind.JsonNode";
        return breaks(
                API_SHOWS_NO_FOREIGN_TYPE,
                new Code("io.panocrypt.policy.model.Culprit", members.replace("JsonNode", node)),
                new Code(node, ""));
    }

    private static UnlawfulCode shows(String packageName, String type) {
        return breaks(
                API_SHOWS_NO_FOREIGN_TYPE,
                new Code(packageName + ".Culprit", "public " + type + " field;"),
                new Code(type, ""));
    }
}
