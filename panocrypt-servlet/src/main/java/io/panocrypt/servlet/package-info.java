/** Servlets that a host mounts by code or descriptor; nothing mounts itself. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.servlet;
