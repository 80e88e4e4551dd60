package io.panocrypt.policy.internal.passkey;

import io.panocrypt.policy.internal.hash.Digest;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.net.IpAddress;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text that an approver signs, in the one spelling that it has: a line for each of its parts.
 *
 * @param site the thumbprint of the site's key
 * @param origin the page's
 * @param requests one, or several of the device for a dual-stack machine
 * @param windowEnd when the collection window ends at the latest, if this vote completes the quorum
 * @param commentHash {@link #hash} of the comment
 * @param nonce 128 random bits in base64url
 * @param expires when the vote can no longer be cast
 */
public record ApprovalStatement(
        String site,
        String origin,
        List<Asked> requests,
        String deviceId,
        String deviceName,
        Instant windowEnd,
        String memberId,
        String commentHash,
        String nonce,
        Instant expires) {
    private static final String FORMAT = "panocrypt-approval-v1";
    private static final List<String> NAMES = List.of(
            "site",
            "origin",
            "request",
            "request-version",
            "device",
            "device-name",
            "source",
            "opened",
            "verdict",
            "uses",
            "window-end",
            "gates",
            "member",
            "comment-sha256",
            "nonce",
            "expires");
    private static final String VERDICT = ApprovalRequest.Verdict.APPROVE.wireName();
    /** An approval passes this gate and no other. */
    private static final String GATES = "approval";

    private static final int MAX = 4_096;

    public ApprovalStatement {
        requests = List.copyOf(requests);
    }

    /**
     * A request as the approver was shown it.
     *
     * @param uses how many answers the approval gives
     */
    public record Asked(String id, long version, IpAddress source, Instant opened, int uses) {
        public static Asked of(ApprovalRequest request, int uses) {
            return new Asked(request.id(), request.version(), request.source(), request.since(), uses);
        }

        /** Whether it is that request, as it was or a later version of it. */
        boolean is(ApprovalRequest request) {
            return id.equals(request.id())
                    && version <= request.version()
                    && source.equals(request.source())
                    && opened.equals(request.since())
                    && uses == request.uses();
        }
    }

    /** SHA-256 of a comment, in hexadecimal digits. */
    public static String hash(String comment) {
        return Digest.hex(comment);
    }

    /** The challenge that stands for a text. */
    public static String challenge(String text) {
        return Base64Url.encode(Sha256.of(text));
    }

    public String text() {
        List<String> values = List.of(
                site,
                origin,
                each(Asked::id),
                each(Asked::version),
                deviceId,
                deviceName,
                each(Asked::source),
                each(Asked::opened),
                VERDICT,
                each(Asked::uses),
                windowEnd.toString(),
                GATES,
                memberId,
                commentHash,
                nonce,
                expires.toString());
        return FORMAT + "\n"
                + IntStream.range(0, NAMES.size())
                        .mapToObj(i -> NAMES.get(i) + "=" + values.get(i) + "\n")
                        .collect(Collectors.joining());
    }

    private String each(Function<Asked, Object> part) {
        return requests.stream().map(part).map(Object::toString).collect(Collectors.joining(" "));
    }

    /** Empty for any text that {@link #text} does not write. */
    public static Optional<ApprovalStatement> parse(String text) {
        String[] lines = text.split("\n", -1);
        if (text.length() > MAX || lines.length != NAMES.size() + 2) {
            return Optional.empty();
        }
        List<String> values = IntStream.range(0, NAMES.size())
                .mapToObj(i -> lines[i + 1].substring(
                        Math.min(lines[i + 1].length(), NAMES.get(i).length() + 1)))
                .toList();
        try {
            ApprovalStatement statement = new ApprovalStatement(
                    values.get(0),
                    values.get(1),
                    asked(values),
                    values.get(4),
                    values.get(5),
                    Instant.parse(values.get(10)),
                    values.get(12),
                    values.get(13),
                    values.get(14),
                    Instant.parse(values.get(15)));
            return Optional.of(statement).filter(read -> read.text().equals(text));
        } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static List<Asked> asked(List<String> values) {
        List<String> ids = split(values.get(2));
        List<String> versions = split(values.get(3));
        List<String> sources = split(values.get(6));
        List<String> opened = split(values.get(7));
        List<String> uses = split(values.get(9));
        return IntStream.range(0, ids.size())
                .mapToObj(i -> new Asked(
                        ids.get(i),
                        Long.parseLong(versions.get(i)),
                        IpAddress.parse(sources.get(i)),
                        Instant.parse(opened.get(i)),
                        Integer.parseInt(uses.get(i))))
                .toList();
    }

    private static List<String> split(String value) {
        return Arrays.asList(value.split(" ", -1));
    }
}
