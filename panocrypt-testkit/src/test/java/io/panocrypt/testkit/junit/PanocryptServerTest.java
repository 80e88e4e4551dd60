package io.panocrypt.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.Devices;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

@PanocryptServer
class PanocryptServerTest {
    private static final String DEVICE = "web-1";

    private final Panocrypt ofConstructor;

    PanocryptServerTest(Panocrypt ofConstructor) {
        this.ofConstructor = ofConstructor;
    }

    private static void create(Panocrypt panocrypt) {
        panocrypt
                .devices()
                .create(Actor.HOST, DeviceChange.none().withName(DEVICE).withCurve(Curve.P_256));
    }

    private static int devices(Panocrypt panocrypt) {
        return panocrypt.devices().list(Devices.Filter.ALL, null, 10).items().size();
    }

    @BeforeEach
    void start(Panocrypt panocrypt) {
        assertSame(ofConstructor, panocrypt);
        assertEquals(0, devices(panocrypt));
    }

    @Test
    void eachTestHasItsOwnService(Panocrypt panocrypt) {
        create(panocrypt);
    }

    @Test
    void soNoneSeesADeviceOfAnother(Panocrypt panocrypt) {
        create(panocrypt);
    }

    @Test
    void theClockMovesServiceAndStore(Panocrypt panocrypt, MutableClock clock) {
        assertEquals(Instant.parse("2026-01-01T12:00:00Z"), clock.instant());
        clock.advance(Duration.ofDays(40));
        create(panocrypt);
        assertEquals(
                clock.instant(),
                panocrypt.devices().byName(DEVICE).orElseThrow().created());
    }

    @Test
    void theUrlIsThatOfTheDevices(Panocrypt panocrypt, URI url) {
        assertEquals(panocrypt.devices().publicUrl(), url);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /healthz, 200",
        "HEAD, /readyz, 200",
        "GET, /nothing, 404",
        "POST, /enroll, 401",
        "GET, /api/v1/devices, 200",
        "GET, /api/v1/history/export, 200",
        "POST, /api/v1/devices, 201",
        "DELETE, /api/v1/devices, 405"
    })
    void servesAllServlets(String method, String path, int status, Panocrypt panocrypt, URI url) throws Exception {
        String token = panocrypt.members().createFirstAdministrator().orElseThrow();
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                .header("Authorization", "Bearer " + token)
                .method(
                        method,
                        method.equals("POST")
                                ? HttpRequest.BodyPublishers.ofString("{\"name\":\"web-1\",\"curve\":\"P-256\"}")
                                : HttpRequest.BodyPublishers.noBody())
                .build();
        assertEquals(
                status,
                HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode());
    }

    @Nested
    class InANestedClass {
        @Test
        void theServiceIsThatOfTheConstructorAround(Panocrypt panocrypt) {
            assertSame(ofConstructor, panocrypt);
        }
    }

    private static Events run(Class<?> samples) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(samples))
                .execute()
                .testEvents();
    }

    /** What the samples had. They run only by the tests of this class. */
    private static final List<Object> HAD = new ArrayList<>();

    @PanocryptServer(startsAt = "2030-02-03T04:05:06Z", customizer = ForTheClass.WithPolling.class)
    static class ForTheClass {
        private static final class WithPolling implements PanocryptServer.Customizer {
            @Override
            public void customize(Panocrypt.Builder builder) {
                HAD.add(builder);
            }
        }

        @BeforeAll
        static void start(Panocrypt panocrypt) {
            HAD.add(panocrypt);
        }

        @Test
        void one(Panocrypt panocrypt, MutableClock clock) {
            HAD.add(panocrypt);
            HAD.add(clock.instant());
        }

        @Test
        void another(Panocrypt panocrypt, URI url) {
            HAD.add(panocrypt);
            HAD.add(url);
        }
    }

    @Test
    void aServiceOfBeforeAllLivesForTheClass() {
        HAD.clear();
        run(ForTheClass.class).assertStatistics(events -> events.succeeded(2));
        assertEquals(
                1, HAD.stream().filter(Panocrypt.class::isInstance).distinct().count());
        assertEquals(1, HAD.stream().filter(Panocrypt.Builder.class::isInstance).count());
        assertTrue(HAD.contains(Instant.parse("2030-02-03T04:05:06Z")), HAD::toString);
    }

    @Test
    void nothingListensAfterwards() {
        HAD.clear();
        run(ForTheClass.class).assertStatistics(events -> events.succeeded(2));
        URI url = (URI) HAD.stream().filter(URI.class::isInstance).findFirst().orElseThrow();
        assertThrows(ConnectException.class, () -> connect(url));
    }

    private static void connect(URI url) throws IOException {
        new Socket(url.getHost(), url.getPort()).close();
    }

    @TestInstance(TestInstance.Lifecycle.PER_METHOD)
    @PanocryptServer
    static class Failing {
        @Test
        void one(Panocrypt panocrypt, URI url) {
            HAD.add(panocrypt);
            HAD.add(url);
            throw new IllegalStateException("as a test that fails");
        }

        @Test
        void another(Panocrypt panocrypt, URI url) {
            one(panocrypt, url);
        }
    }

    @Test
    void aTestThatFailsIsClosedToo() {
        HAD.clear();
        run(Failing.class).assertStatistics(events -> events.failed(2));
        assertNotSame(HAD.get(0), HAD.get(2));
        for (Object url : List.of(HAD.get(1), HAD.get(3))) {
            assertThrows(ConnectException.class, () -> connect((URI) url));
        }
    }

    @PanocryptServer(customizer = Misconfigured.Negative.class)
    static class Misconfigured {
        static final class Negative implements PanocryptServer.Customizer {
            @Override
            public void customize(Panocrypt.Builder builder) {
                builder.checkpointInterval(Duration.ofSeconds(-1));
            }
        }

        @Test
        void neverRuns(Panocrypt panocrypt) {
            create(panocrypt);
        }
    }

    @Test
    void aServiceThatCannotBeBuiltFailsTheTestWithTheReason() {
        Events events = run(Misconfigured.class);
        events.assertStatistics(statistics -> statistics.failed(1));
        String shown = events.failed().list().get(0).toString();
        assertTrue(shown.contains("checkpointInterval"), shown);
    }
}
