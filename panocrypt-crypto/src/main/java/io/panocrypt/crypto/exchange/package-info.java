/** The client half of the McCallum-Relyea exchange: provisioning, blinding and recovery. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.crypto.exchange;
