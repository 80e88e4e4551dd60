package io.panocrypt.redisstore;

import io.panocrypt.testkit.support.LoopbackServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A redis-server with its files in a folder of the test. */
final class RedisServer extends LoopbackServer {
    private static final List<String> DURABLE = List.of("--appendonly", "yes", "--appendfsync", "always", "--save", "");

    private RedisServer(Path folder, List<String> options) throws IOException {
        super(command(folder, options), "Ready to accept connections");
    }

    static RedisServer durable(Path folder) throws IOException {
        return with(folder, DURABLE);
    }

    static RedisServer with(Path folder, List<String> options) throws IOException {
        return new RedisServer(folder, options);
    }

    static Command command(Path folder, List<String> options) {
        return port -> {
            List<String> words = new ArrayList<>(List.of("redis-server", "--bind", "127.0.0.1", "--port"));
            words.addAll(List.of(String.valueOf(port), "--dir", folder.toString(), "--daemonize", "no"));
            words.addAll(options);
            return words;
        };
    }

    URI address() {
        return address(port());
    }

    static URI address(int port) {
        return URI.create("redis://127.0.0.1:" + port);
    }

    /** Sends one command with redis-cli, which is installed with the server. */
    void command(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("redis-cli", "-e", "-p", String.valueOf(port())));
        command.addAll(List.of(words));
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (client.waitFor() != 0) {
            throw new IOException(words[0] + ": " + said);
        }
    }
}
