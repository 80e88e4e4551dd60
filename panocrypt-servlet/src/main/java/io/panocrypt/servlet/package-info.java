/** Servlets that the host application mounts in code or in a descriptor; none mounts itself. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.servlet;
