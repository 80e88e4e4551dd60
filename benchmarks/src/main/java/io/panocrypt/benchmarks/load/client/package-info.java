/** Clients that send unlock requests and check each answer. They know nothing of the servers. */
@NullMarked
package io.panocrypt.benchmarks.load.client;

import org.jspecify.annotations.NullMarked;
