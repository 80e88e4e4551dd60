package io.panocrypt.console.internal.page;

import java.util.List;

/**
 * The requests that a member sees first.
 *
 * @param waiting those that wait, oldest first
 * @param isCut whether there are more than these
 * @param decided the newest others, newest first
 */
public record InboxView(List<RequestView> waiting, boolean isCut, List<RequestView> decided) {}
