package io.panocrypt.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W60 to W66: the lifetime of connections, and their independence. */
abstract class ConnectionRules extends WireRules {

    /** More than the 64 connections that systemd allows a stock tangd; they would block it. */
    private static final int IDLE = 70;

    ConnectionRules(TangServerContract server) {
        super(server);
    }

    @DisplayName("W60 keeps a connection for further requests")
    @Test
    void keepsConnection() throws IOException {
        RecoveryProbe probe = probe();
        try (RawHttp http = RawHttp.connect(server.baseUrl())) {
            for (int round = 0; round < 3; round++) {
                http.send(request("GET", "/adv/").bytes());
                assertEquals(200, http.receive("GET").status());
                http.send(
                        recovery(probe.kid(), RecoveryProbe.utf8(probe.text())).bytes());
                assertEquals(probe.answer(), http.receive("POST").text());
            }
        }
    }

    @DisplayName("W61 answers pipelined requests in order")
    @Test
    void answersPipelinedRequests() throws IOException {
        RecoveryProbe probe = probe();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(request("GET", "/adv").bytes());
        all.writeBytes(recovery(probe.kid(), RecoveryProbe.utf8(probe.text())).bytes());
        all.writeBytes(request("GET", "/elsewhere").bytes());
        all.writeBytes(request("GET", "/adv/" + probe.signingKid()).bytes());
        try (RawHttp http = RawHttp.connect(server.baseUrl())) {
            http.send(all.toByteArray());
            assertEquals(200, http.receive("GET").status());
            assertEquals(probe.answer(), http.receive("POST").text());
            assertEquals(404, http.receive("GET").status());
            assertEquals(200, http.receive("GET").status());
        }
    }

    @DisplayName("W62 keeps a connection after an error, or says that it closes it")
    @ParameterizedTest
    @CsvSource({"GET, /elsewhere, 404", "HEAD, /adv, 405", "PUT, /adv, 405", "POST, /rec/x, 400"})
    void keepsConnectionAfterError(String method, String suffix, int status) throws IOException {
        try (RawHttp http = RawHttp.connect(server.baseUrl())) {
            http.send(request(method, suffix).bytes());
            RawHttp.Reply error = http.receive(method);
            assertEquals(status, error.status());
            if (!error.header("Connection").orElse("").equalsIgnoreCase("close")) {
                http.send(request("GET", "/adv").bytes());
                assertEquals(200, http.receive("GET").status());
            }
        }
    }

    @DisplayName("W63 answers while seventy connections are open and idle")
    @Test
    void answersBesideIdleConnections() throws IOException {
        List<RawHttp> idle = new ArrayList<>();
        try {
            for (int opened = 0; opened < IDLE; opened++) {
                RawHttp http = RawHttp.connect(server.baseUrl());
                idle.add(http);
                if (opened % 2 == 0) {
                    // Half of them stop within a request, since a server waits for those elsewhere.
                    byte[] whole = request("GET", "/adv").bytes();
                    http.send(Arrays.copyOf(whole, whole.length / 2));
                }
            }
            RecoveryProbe probe = probe();
            assertEquals(
                    probe.answer(),
                    post(probe.kid(), RecoveryProbe.utf8(probe.text())).text());
        } finally {
            for (RawHttp http : idle) {
                http.close();
            }
        }
    }

    @DisplayName("W64 answers a request that expects 100-continue")
    @Test
    void toleratesExpectation() throws IOException {
        RecoveryProbe probe = probe();
        RawHttp.Request request =
                recovery(probe.kid(), RecoveryProbe.utf8(probe.text())).with("Expect: 100-continue");
        assertEquals(probe.answer(), send(request).text());
    }

    @DisplayName("W65 answers HTTP/1.0")
    @Test
    void answersHttp10() throws IOException {
        RecoveryProbe probe = probe();
        assertEquals(200, send(request("GET", "/adv/").as("HTTP/1.0")).status());
        RawHttp.Request recovery =
                recovery(probe.kid(), RecoveryProbe.utf8(probe.text())).as("HTTP/1.0");
        assertEquals(probe.answer(), send(recovery).text());
    }

    @DisplayName("W66 answers requests however their bytes arrive")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersSlowRequests(boolean chunked) throws IOException {
        RecoveryProbe probe = probe();
        RawHttp.Request plain = recovery(probe.kid(), RecoveryProbe.utf8(probe.text()));
        byte[] bytes = (chunked ? plain.inChunks() : plain).bytes();
        try (RawHttp http = RawHttp.connect(server.baseUrl())) {
            for (int at = 0; at < bytes.length; at += 11) {
                http.send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 11)));
            }
            RawHttp.Reply reply = http.receive("POST");
            assertEquals(200, reply.status(), reply::toString);
            assertEquals(probe.answer(), reply.text());
        }
    }
}
