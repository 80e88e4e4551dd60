package io.panocrypt.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class DevicePathsTest {
    @ParameterizedTest
    @CsvSource({
        "'',   /unlock, /unlock/u/T//adv/,          device",
        "/app, /unlock, /app/unlock/u/T/adv,        device",
        "/app, '',      /app/u/T/adv,               device",
        "'',   '',      /healthz,                   machine",
        "'',   /unlock, /unlock/enroll,             machine",
        "'',   /unlock, /unlock/api/v1/devices,     operator",
        "'',   /unlock, /u/T/adv,                   none",
        "/app, /unlock, /unlock/u/T/adv,            none",
        "'',   /unlock, //unlock/u/T/adv,           none",
        "'',   /unlock, /unlock//u/T/adv,           none",
        "'',   /unlock, /unlock/enroll/x,           none",
        "'',   /unlock, /unlock/u,                  none",
        "'',   /unlock, /unlocked/u/T/adv,          none"
    })
    void knowsItsPaths(String context, String prefix, String target, String kind) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", target);
        request.setContextPath(context);
        DevicePaths paths = new DevicePaths(prefix);
        assertEquals(kind.equals("device"), paths.isDevice(request));
        assertEquals(kind.equals("device") || kind.equals("machine"), paths.isForMachines(request));
        assertEquals(kind.equals("operator"), paths.isForOperators(request));
    }
}
