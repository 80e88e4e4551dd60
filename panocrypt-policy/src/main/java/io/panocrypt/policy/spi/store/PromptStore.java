package io.panocrypt.policy.spi.store;

/**
 * A store that promises to answer or to throw within some seconds, whatever becomes of what is behind it.
 *
 * <p>The service calls it in the thread of whoever asks, which is as fast as it gets. Any other store is called in threads
 * of the service's own, so that the service can stop waiting for a store that hangs. Its calls too must end some day: each
 * that never does keeps one of 64 threads, and when none is left the service refuses until it is started again. A marker
 * for implementations of {@link PolicyStore} and {@link DecisionStore}.
 */
public interface PromptStore {}
