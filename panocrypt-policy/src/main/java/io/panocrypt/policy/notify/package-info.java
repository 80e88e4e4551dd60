/** Channels that deliver notices to people and programs: log, webhook, ntfy, mail and web push. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.notify;
