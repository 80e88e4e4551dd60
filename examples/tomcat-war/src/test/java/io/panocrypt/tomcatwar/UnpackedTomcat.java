package io.panocrypt.tomcatwar;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.testkit.support.LoopbackServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A Tomcat as it is downloaded, with the WAR at {@code /unlock} and H2 as the container's DataSource. */
final class UnpackedTomcat implements AutoCloseable {
    private final Path home;
    private final LoopbackServer server;

    /** @param zip the distribution in target/tomcats */
    UnpackedTomcat(String zip, Path folder) throws IOException {
        unzip(Path.of("target", "tomcats", zip), folder);
        try (Stream<Path> unpacked = Files.list(folder)) {
            home = unpacked.findFirst().orElseThrow().toAbsolutePath();
        }
        Path driver = entry(org.h2.Driver.class);
        Files.copy(driver, home.resolve("lib").resolve(driver.getFileName()));
        makeWar();
        String settings = Files.readString(home.resolve("conf/server.xml"));
        server = new LoopbackServer(port -> command(settings, port), "Server startup in");
    }

    private static void unzip(Path zip, Path folder) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path file = folder.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(in, file);
                }
            }
        }
    }

    /** What the class was loaded from. */
    private static Path entry(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    /** As Maven packs it, which it does only after the tests. */
    private void makeWar() throws IOException {
        try (ZipOutputStream war = new ZipOutputStream(Files.newOutputStream(home.resolve("unlock.war")))) {
            add(war, "WEB-INF/classes/", entry(Unlocking.class));
            for (Class<?> type : List.of(
                    io.panocrypt.crypto.custody.MasterKey.class,
                    Panocrypt.class,
                    io.panocrypt.servlet.PanocryptServlets.class,
                    com.fasterxml.jackson.databind.JsonNode.class,
                    com.fasterxml.jackson.core.JsonParser.class,
                    com.fasterxml.jackson.annotation.JsonProperty.class,
                    com.fasterxml.jackson.datatype.jdk8.Jdk8Module.class)) {
                Path library = entry(type);
                war.putNextEntry(new ZipEntry("WEB-INF/lib/" + type.getName() + ".jar"));
                if (Files.isDirectory(library)) {
                    // In a build of all modules they are not packed yet.
                    ZipOutputStream jar = new ZipOutputStream(war);
                    add(jar, "", library);
                    jar.finish();
                } else {
                    Files.copy(library, war);
                }
                war.closeEntry();
            }
        }
    }

    private static void add(ZipOutputStream out, String prefix, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(prefix + folder.relativize(file)));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    private List<String> command(String settings, int port) throws IOException {
        String changed = replace(settings, "port=\"8005\"", "port=\"-1\"");
        changed = replace(
                changed,
                "<Connector port=\"8080\"",
                "<Connector address=\"127.0.0.1\" encodedSolidusHandling=\"passthrough\" port=\"" + port + "\"");
        changed = replace(changed, "<Engine ", "<Engine backgroundProcessorDelay=\"1\" ");
        changed = replace(
                changed,
                "<Valve className=\"org.apache.catalina.valves.AccessLogValve\"",
                "<Valve className=\"org.apache.catalina.valves.AccessLogValve\" buffered=\"false\""
                        + " conditionUnless=\"io.panocrypt.token-in-path\"");
        Files.writeString(home.resolve("conf/server.xml"), changed);
        Files.createDirectories(descriptor().getParent());
        Files.writeString(descriptor(), """
                <Context docBase="%1$s/unlock.war">
                  <Resource name="jdbc/panocrypt" type="javax.sql.DataSource" driverClassName="org.h2.Driver"
                            url="jdbc:h2:file:%1$s/database" maxWaitMillis="2000" />
                  <Environment name="panocrypt/directory" type="java.lang.String" value="%1$s" />
                  <Environment name="panocrypt/dialect" type="java.lang.String" value="h2" />
                  <Environment name="panocrypt/node" type="java.lang.String" value="node-1" />
                  <Environment name="panocrypt/publicUrl" type="java.lang.String" value="http://127.0.0.1:%2$d/unlock" />
                </Context>
                """.formatted(home, port));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // As bin/catalina.sh has them.
                "-Djava.util.logging.config.file=" + home.resolve("conf/logging.properties"),
                "-Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED",
                "-cp",
                home.resolve("bin/bootstrap.jar") + ":" + home.resolve("bin/tomcat-juli.jar"),
                "-Dcatalina.base=" + home,
                "-Dcatalina.home=" + home,
                "-Djava.io.tmpdir=" + home.resolve("temp"),
                "org.apache.catalina.startup.Bootstrap",
                "start");
    }

    private static String replace(String text, String part, String replacement) {
        String changed = text.replace(part, replacement);
        assertNotEquals(text, changed, part);
        return changed;
    }

    private Path descriptor() {
        return home.resolve("conf/Catalina/localhost/unlock.xml");
    }

    URI base(String token) {
        return URI.create("http://127.0.0.1:" + server.port() + "/unlock/u/" + token);
    }

    URI api(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + "/unlock/api/v1" + path);
    }

    String adminToken() throws IOException {
        return Files.readString(home.resolve("admin-token")).strip();
    }

    /** Has Tomcat deploy the WAR again, and returns when it has. */
    void redeploy() throws IOException {
        long before = finished();
        Files.setLastModifiedTime(
                descriptor(),
                java.nio.file.attribute.FileTime.fromMillis(
                        Files.getLastModifiedTime(descriptor()).toMillis() + 10_000));
        while (finished() == before) {
            Thread.onSpinWait();
        }
    }

    private long finished() throws IOException {
        return logged("catalina")
                .filter(line -> line.contains("Deployment of deployment descriptor") && line.contains("has finished"))
                .count();
    }

    /** The lines of all logs whose name begins so. */
    Stream<String> logged(String name) throws IOException {
        try (Stream<Path> logs = Files.list(home.resolve("logs"))) {
            Stream<String> lines = Stream.of();
            for (Path log : logs.filter(file -> file.getFileName().toString().startsWith(name))
                    .toList()) {
                lines = Stream.concat(lines, Files.readAllLines(log).stream());
            }
            return lines;
        }
    }

    /** The names of the threads of the process that begin so. */
    List<String> threads(String beginning) throws IOException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(server.process().pid()),
                        "Thread.print")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = jcmd.getInputStream()) {
            return new String(out.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("\"" + beginning))
                    .map(line -> line.substring(1, line.indexOf('"', 1)))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
