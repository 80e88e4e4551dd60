package io.panocrypt.servlet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.Devices;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.servlet.internal.enroll.BindScript;
import io.panocrypt.servlet.internal.enroll.EnrollmentForm;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiErrors;
import io.panocrypt.servlet.internal.http.ApiException;
import io.panocrypt.servlet.internal.http.ApiJson;
import io.panocrypt.servlet.internal.http.ApiQuery;
import io.panocrypt.servlet.internal.http.Bearer;
import io.panocrypt.servlet.internal.http.BodyReader;
import io.panocrypt.servlet.internal.http.RawPath;
import io.panocrypt.servlet.internal.http.Responses;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Turns machines that call with an enrollment key's secret into devices; mount it at {@code /enroll} where machines can
 * reach it.
 *
 * <p>POST with {@code {"name": ...}}, at most 64 KiB and whole within 10 s; {@code Accept} chooses between JSON, a shell script ({@code
 * text/x-shellscript}), user data for cloud-init ({@code text/cloud-config}) and a Kickstart section ({@code
 * text/x-kickstart}). Status 201; 400 with every problem found, 401 for a key that is not valid, 406, 409 for a name
 * that is taken or for a source that should be registered but is unknown, 408, 413, 503. A 4xx uses up nothing. Thread-safe.
 */
public final class EnrollServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Panocrypt panocrypt;
    private final transient SourceAddress sources;
    private final transient BodyReader bodies;

    /** Creates a servlet, which must be mounted once. */
    public EnrollServlet(Panocrypt panocrypt, SourceAddress sources) {
        this(panocrypt, sources, BodyReader.TIMEOUT);
    }

    EnrollServlet(Panocrypt panocrypt, SourceAddress sources, Duration bodyTimeout) {
        this.panocrypt = panocrypt;
        this.sources = sources;
        this.bodies = new BodyReader(ApiBody.MAX_BYTES, bodyTimeout);
    }

    @Override
    public void destroy() {
        bodies.close();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RawPath.serveOnly(request, response, this::serve);
    }

    private void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ApiErrors.guard(response, () -> answer(request, response));
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            ApiErrors.refuse(response, 405, List.of("method not allowed for this path"));
            return;
        }
        // Checked before the body is read: an outsider must not learn from errors in it.
        Optional<String> secret = Bearer.of(request)
                .filter(token -> panocrypt.enrollmentKeys().authenticate(token).isPresent());
        if (secret.isEmpty()) {
            refuseKey(response);
            return;
        }
        ApiQuery.parse(request.getQueryString(), Set.of());
        EnrollmentForm form = EnrollmentForm.of(request)
                .orElseThrow(() -> new ApiException(406, "Accept must name one of " + EnrollmentForm.known()));
        bodies.read(
                request,
                response,
                body -> ApiErrors.guard(
                        response, () -> enroll(secret.get(), form, ApiBody.of(body), request, response)));
    }

    private void enroll(
            String secret, EnrollmentForm form, ApiBody body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        body.require("name");
        String name = body.text("name");
        body.finish();
        Optional<Device> device = panocrypt.enroll(new EnrollmentAttempt(
                secret, Objects.requireNonNull(name), sources.of(request), sources.isInDoubt(request)));
        if (device.isEmpty()) {
            refuseKey(response);
            return;
        }
        Responses.write(response, 201, form.mediaType(), write(form, device.get()));
    }

    private static void refuseKey(HttpServletResponse response) throws IOException {
        ApiErrors.unauthorized(response, "the secret of a valid enrollment key is needed");
    }

    private byte[] write(EnrollmentForm form, Device device) {
        if (form == EnrollmentForm.JSON) {
            return ApiJson.write(view(device));
        }
        BindScript script = script(device);
        String text = switch (form) {
            case CLOUD_CONFIG -> script.cloudConfig();
            case KICKSTART -> script.kickstart();
            default -> script.shell();
        };
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode view(Device device) {
        Devices devices = panocrypt.devices();
        ObjectNode view = ApiJson.object()
                .put("id", device.id())
                .put("unlockUrl", devices.unlockUrl(device))
                .put("thumbprint", devices.thumbprint(device).orElseThrow())
                .put("bindCommand", devices.bindCommand(device).orElseThrow());
        ArrayNode warnings = view.putArray("warnings");
        devices.warnings(device).forEach(warnings::add);
        return view;
    }

    private BindScript script(Device device) {
        Devices devices = panocrypt.devices();
        byte[] advertisement = panocrypt.advertisement(device.token(), null).orElseThrow();
        return new BindScript(
                device.name(),
                devices.unlockUrl(device),
                devices.thumbprint(device).orElseThrow(),
                new String(advertisement, StandardCharsets.UTF_8),
                devices.warnings(device));
    }
}
