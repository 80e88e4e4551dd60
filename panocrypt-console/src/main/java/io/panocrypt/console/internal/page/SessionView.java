package io.panocrypt.console.internal.page;

import io.panocrypt.policy.model.Session;

/**
 * One of the member's sessions.
 *
 * @param isThis whether this page was asked for in it
 */
public record SessionView(Session session, boolean isThis) {}
