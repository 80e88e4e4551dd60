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

/** A notice in words that any channel can carry: each part is one line of bounded length. */
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
     * An id that every channel takes, the same for the same notice: the notice's own, or its hash where that one has other
     * characters than letters, digits, {@code -} and {@code _}, or more than 64.
     */
    String id() {
        return ID.matcher(notice.id()).matches() ? notice.id() : digest();
    }

    /** 32 characters of the same alphabet, the same for the same notice. */
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

    /** The text, with the device's name before it unless it says the name itself. */
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

    /** The link, if it is one that a person can follow and holds no credential. */
    Optional<String> link() {
        return notice.link()
                .filter(link -> "https".equalsIgnoreCase(link.getScheme()) || "http".equalsIgnoreCase(link.getScheme()))
                .filter(link -> link.getRawUserInfo() == null)
                .map(URI::toASCIIString)
                .filter(link -> link.length() <= MAX_LINK);
    }

    /** Whether somebody or something waits for an answer. */
    boolean isUrgent() {
        return notice.since().isPresent();
    }

    /** The notice's facts, one a line, without text and link. */
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
