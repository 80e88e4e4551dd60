package io.panocrypt.console.internal.page;

import io.panocrypt.policy.model.Member;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What every page shows around its content.
 *
 * @param texts the console's texts
 * @param root the console's own path relative to this page: empty or {@code ../} once or more
 * @param path the page's path below the console, to come back to
 * @param title the page's name
 * @param instance the site's name
 * @param member who is signed in
 * @param canSignOut whether the console itself signed the member in
 * @param waiting how many requests wait, for the title; 0 on pages that do not look
 * @param formToken for all forms of the page
 * @param css the path of the style sheet, relative to the console
 * @param icon the path of the icon, relative to the console
 * @param now the moment of the page
 */
public record Page(
        Texts texts,
        String root,
        String path,
        String title,
        String instance,
        Optional<Member> member,
        boolean canSignOut,
        int waiting,
        String formToken,
        String css,
        String icon,
        Instant now) {

    public String t(String key, Object... arguments) {
        return texts.get(key, arguments);
    }

    /** A link to a path below the console. */
    public String to(String target) {
        return root + target;
    }

    public String cssLink() {
        return root + css;
    }

    public String iconLink() {
        return root + icon;
    }

    public String fullTitle() {
        return (waiting > 0 ? "(" + waiting + ") " : "") + title + " – Panocrypt";
    }

    /** How long ago, in words. */
    public String ago(Instant time) {
        return t("time.ago", Times.length(Duration.between(time, now)));
    }

    public String since(Instant time) {
        return Times.length(Duration.between(time, now));
    }

    public String left(Instant time) {
        return Times.length(Duration.between(now, time));
    }

    public String length(Duration duration) {
        return Times.length(duration);
    }

    public String at(Instant time) {
        return Times.at(time, now);
    }

    /** Names with commas between. */
    public String list(List<String> names) {
        return String.join(", ", names);
    }

    public String show(String text) {
        return Shown.whole(text);
    }

    public String cut(String text) {
        return Shown.cut(text);
    }

    public boolean isLong(String text) {
        return Shown.isLong(text);
    }
}
