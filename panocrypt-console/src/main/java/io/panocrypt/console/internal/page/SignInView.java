package io.panocrypt.console.internal.page;

import java.util.Optional;

/**
 * The sign-in page.
 *
 * @param to where the member goes afterwards, relative to the console
 * @param isPrivate whether a token may be typed in here
 * @param problem why the last try failed
 */
public record SignInView(String to, boolean isPrivate, Optional<String> problem) {}
