package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisterSourceTest extends CliFixture {
    private static final String REFUSED =
            "{\"source\":\"198.51.100.7\",\"time\":\"2026-11-22T04:00:00Z\"," + "\"otherSources\":2,\"complete\":true}";

    @BeforeEach
    void prepare() {
        String before = "{\"registeredSource\":\"192.0.2.7/32\",";
        String after = "{\"registeredSource\":\"198.51.100.7/32\",\"refused\":" + REFUSED + ",";
        server.on("GET /devices/web1", 200, DEVICE.replaceFirst("[{]", before))
                .on("GET /devices/abc234/register-source", 200, REFUSED)
                .on("POST /devices/abc234/register-source", 200, DEVICE.replaceFirst("[{]", after));
    }

    /** Who was refused last may be a thief. */
    @Test
    void onlyShowsTheAddressUntilItIsConfirmed() {
        assertEquals(new Ran(2, """
                        refused last       198.51.100.7
                        at                 2026-11-22T04:00:00Z
                        other addresses    2
                        registered before  192.0.2.7/32
                        """, """
                        nothing has changed; if that is the device's address, add --source 198.51.100.7
                        see 'panocrypt device register-source --help'
                        """), run("device", "register-source", "web1"));
        assertEquals(List.of("GET /devices/web1", "GET /devices/abc234/register-source"), server.lines());
        assertEquals(
                REFUSED + "\n",
                run("device", "register-source", "web1", "--json").out());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "--yes, {}",
                "--source 198.51.100.7, {\"source\":\"198.51.100.7\"}",
                "--source 198.51.100.7 --yes, {\"source\":\"198.51.100.7\"}"
            })
    void registersItOnceItIsConfirmed(String options, String body) {
        assertEquals(new Ran(0, """
                        abc234  web1  active
                        refused last       198.51.100.7
                        at                 2026-11-22T04:00:00Z
                        other addresses    2
                        registered before  192.0.2.7/32
                        registered now     198.51.100.7/32
                        """, ""), run(words("device register-source web1 " + options)));
        assertEquals("POST /devices/abc234/register-source", server.last().line());
        assertEquals(body, server.last().body());
        assertEquals("\"7\"", server.last().ifMatch(), "what was edited in the meantime is not overwritten");
    }

    @Test
    void saysThatThereMayBeMoreAddresses() {
        server.on("GET /devices/abc234/register-source", 200, REFUSED.replace("true", "false"));
        assertEquals(
                "other addresses    at least 2",
                run("device", "register-source", "web1").out().lines().toList().get(2));
    }
}
