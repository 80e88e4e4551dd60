package io.panocrypt.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * Spring Security's strict firewall, which lets {@code //} through in the paths of devices: a URL that was bound with a
 * slash at its end makes clevis ask for {@code /u/TOKEN//adv/}. Everything else is refused as before.
 */
final class DeviceFirewall implements HttpFirewall {
    private final DevicePaths paths;
    private final StrictHttpFirewall strict = new StrictHttpFirewall();
    private final StrictHttpFirewall forDevices = new StrictHttpFirewall();

    DeviceFirewall(DevicePaths paths) {
        this.paths = paths;
        forDevices.setAllowUrlEncodedDoubleSlash(true);
    }

    @Override
    public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
        return (paths.isDevice(request) ? forDevices : strict).getFirewalledRequest(request);
    }

    @Override
    public HttpServletResponse getFirewalledResponse(HttpServletResponse response) {
        return strict.getFirewalledResponse(response);
    }
}
