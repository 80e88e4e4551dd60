package io.panocrypt.policy.notify;

import io.panocrypt.policy.spi.notify.Notice;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A notice as text that any channel can carry: each part is one line of limited length. */
final class NoticeText {
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");
    private static final int MAX_TITLE = 150;
    private static final int MAX_TEXT = 600;
    private static final int MAX_NAME = 100;
    private static final int MAX_LINK = 1_000;

    private final Notice notice;

    NoticeText(Notice notice) {
        this.notice = notice;
    }

    /**
     * An id that every channel accepts, the same for the same notice. It is the notice's own id, or the hash of one
     * that is longer than 64 characters or has others than letters, digits, {@code -} and {@code _}.
     */
    String id() {
        return ID.matcher(notice.id()).matches() ? notice.id() : digest();
    }

    /** An id of 32 characters of the same alphabet, the same for the same notice. */
    String shortId() {
        return digest().substring(0, 32);
    }

    private String digest() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(notice.id().getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    String event() {
        return OneLine.of(notice.event(), MAX_NAME);
    }

    /** The text, preceded by the device's name unless it contains the name. */
    String title() {
        String named = device().filter(name -> !notice.text().contains(name))
                .map(name -> name + ": " + notice.text())
                .orElse(notice.text());
        return OneLine.of(named, MAX_TITLE);
    }

    String text() {
        return OneLine.of(notice.text(), MAX_TEXT);
    }

    Optional<String> deviceId() {
        return notice.deviceId().map(id -> OneLine.of(id, MAX_NAME));
    }

    Optional<String> device() {
        return notice.deviceName().map(name -> OneLine.of(name, MAX_NAME));
    }

    Optional<String> source() {
        return notice.source().map(source -> OneLine.of(source, MAX_NAME));
    }

    /** The link, if a person can follow it and it holds no credential. */
    Optional<String> link() {
        return notice.link()
                .filter(link -> "https".equalsIgnoreCase(link.getScheme()) || "http".equalsIgnoreCase(link.getScheme()))
                .filter(link -> link.getRawUserInfo() == null)
                .map(URI::toASCIIString)
                .filter(link -> link.length() <= MAX_LINK);
    }

    /** Whether a person or a machine is waiting for an answer. */
    boolean isUrgent() {
        return notice.since().isPresent();
    }

    /** The notice's facts, one line each, without text and link. */
    List<String> facts() {
        List<String> facts = new ArrayList<>();
        device().ifPresent(name -> facts.add("Device: " + name));
        deviceId().ifPresent(id -> facts.add("Device id: " + id));
        source().ifPresent(source -> facts.add("Source: " + source));
        notice.since().ifPresent(since -> facts.add("Waiting since: " + since));
        facts.add("Event: " + event());
        facts.add("Time: " + notice.time());
        return List.copyOf(facts);
    }
}
