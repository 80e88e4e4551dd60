package io.panocrypt.benchmarks.load.server;

import io.panocrypt.benchmarks.load.client.Binding;
import io.panocrypt.benchmarks.load.client.Exchange;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** The devices in a server's store: the unlock token of each, and which of the shared keys it uses. */
public final class Fleet {
    private final List<String> kids = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> keys = new ArrayList<>();

    void add(String token, String kid) {
        int key = kids.indexOf(kid);
        if (key < 0) {
            key = kids.size();
            kids.add(kid);
        }
        tokens.add(token);
        keys.add(key);
    }

    int size() {
        return tokens.size();
    }

    String token(int device) {
        return tokens.get(device);
    }

    /** Writes one line per device: token and key id. */
    public void write(Path file) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            for (int i = 0; i < size(); i++) {
                writer.write(tokens.get(i) + ' ' + kids.get(keys.get(i)) + '\n');
            }
        }
    }

    public static Fleet read(Path file) throws IOException {
        Fleet fleet = new Fleet();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int blank = line.indexOf(' ');
                fleet.add(line.substring(0, blank), line.substring(blank + 1));
            }
        }
        return fleet;
    }

    /**
     * Prepares the request of each device. Devices with the same key share one answer, which is proven by a real
     * recovery.
     *
     * @param base the server's base URL, without a trailing slash
     */
    public Questions ask(Binding binding, String base) throws Exception {
        List<Exchange> proven = new ArrayList<>();
        for (int key = 0; key < kids.size(); key++) {
            proven.add(binding.at(base + "/u/" + tokens.get(keys.indexOf(key))));
        }
        return new Questions(proven);
    }

    /** The requests of all devices with their answers. */
    public final class Questions {
        private final List<Exchange> proven;

        private Questions(List<Exchange> proven) {
            this.proven = proven;
        }

        public Exchange of(int device) {
            int key = keys.get(device);
            return proven.get(key).at("/u/" + token(device) + "/rec/" + kids.get(key));
        }

        /** Draws a random device for each request. */
        public Supplier<Exchange> drawn(Random random) {
            return () -> of(random.nextInt(size()));
        }
    }
}
