package io.panocrypt.servlet.internal.enroll;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The forms of the answer to an enrolment; a machine chooses one by {@code Accept}. */
public enum EnrollmentForm {
    /** A part of the operators' view of a device: only what the machine needs. */
    JSON("application/json", "application/*", "*/*"),
    /** A script that binds the volumes given as its arguments. */
    SHELL("text/x-shellscript"),
    /** User data for cloud-init; its media type for cloud-config parts. */
    CLOUD_CONFIG("text/cloud-config"),
    /** A %post section; no media type is registered for it. */
    KICKSTART("text/x-kickstart");

    private final List<String> ranges;

    EnrollmentForm(String... ranges) {
        this.ranges = List.of(ranges);
    }

    public String mediaType() {
        return ranges.get(0);
    }

    /** The first known form that Accept names (RFC 9110 section 12.5.1), weights ignored; empty if it names none. */
    public static Optional<EnrollmentForm> of(HttpServletRequest request) {
        List<String> wanted = Arrays.stream(Collections.list(request.getHeaders("Accept")).stream()
                        .collect(Collectors.joining(","))
                        .split(","))
                .map(range -> range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .filter(range -> !range.isEmpty())
                .toList();
        return wanted.isEmpty()
                ? Optional.of(JSON)
                : wanted.stream()
                        .flatMap(range -> Arrays.stream(values()).filter(form -> form.ranges.contains(range)))
                        .findFirst();
    }

    /** Every media type, for an error message. */
    public static String known() {
        return Arrays.stream(values()).map(EnrollmentForm::mediaType).collect(Collectors.joining(", "));
    }
}
