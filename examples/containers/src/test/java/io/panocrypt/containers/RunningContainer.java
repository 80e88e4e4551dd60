package io.panocrypt.containers;

import io.panocrypt.testkit.support.TestTimeout;
import io.panocrypt.testkit.wire.PanocryptWireContract.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A container in a process of its own. */
final class RunningContainer implements AutoCloseable {
    private static final String LOGGING = "java.util.logging.config.file";

    private final Process process;
    private final BlockingQueue<String> accessLog = new LinkedBlockingQueue<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final int port;
    private final Target target;
    private final String kid;
    private final String admin;

    RunningContainer(Kind kind, Container.Targets targets) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-D" + LOGGING + "=" + System.getProperty(LOGGING),
                        "-cp",
                        kind.classPath(),
                        ContainerProcess.class.getName(),
                        kind.container().getName(),
                        targets.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith(ContainerProcess.READY)) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException(kind + " has not started");
        }
        String[] parts = line.substring(ContainerProcess.READY.length()).split(" ");
        port = Integer.parseInt(parts[0]);
        target = new Target(parts[1], parts[2]);
        kid = parts[3];
        admin = parts[4];
        Thread reader = new Thread(() -> out.lines()
                .filter(logged -> logged.startsWith(ContainerProcess.ACCESS))
                .forEach(accessLog::add));
        reader.setDaemon(true);
        reader.start();
    }

    Target target() {
        return target;
    }

    String token() {
        return target.token();
    }

    String kid() {
        return kid;
    }

    String admin() {
        return admin;
    }

    /** The path of the service's root. */
    static String root() {
        return Container.CONTEXT + ContainerProcess.PREFIX;
    }

    /** The path of the device. */
    String device() {
        return root() + "/u/" + token();
    }

    /** The base URL of a device with that token. */
    URI base(String anyToken) {
        return URI.create("http://127.0.0.1:" + port + root() + "/u/" + anyToken);
    }

    /** The next line of the access log. */
    String logged() throws InterruptedException {
        String line = accessLog.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("nothing more is logged");
        }
        return line;
    }

    /** Sends text on a connection of its own, which stays open. */
    Socket send(String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        socket.setSoTimeout(Math.toIntExact(TestTimeout.MAX.toMillis()));
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The answer to a request without a body: status, headers, body. */
    String ask(String method, String target) throws IOException {
        try (Socket socket = send(head(method, target) + "Connection: close\r\n\r\n")) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    int status(String method, String target) throws IOException {
        return Integer.parseInt(ask(method, target).substring(9, 12));
    }

    static String head(String method, String target) {
        return method + " " + target + " HTTP/1.1\r\nHost: x\r\n";
    }

    /** Waits for the status line of the answer. */
    static int status(Socket socket) throws IOException {
        String line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        if (line.isEmpty()) {
            throw new IOException("closed without an answer");
        }
        return Integer.parseInt(line.substring(9));
    }

    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        hangUp();
        // It ends with its input.
        process.getOutputStream().close();
        process.destroy();
    }
}
