/** IP addresses and CIDR blocks, parsed strictly. Exported; depends on nothing. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.net;
