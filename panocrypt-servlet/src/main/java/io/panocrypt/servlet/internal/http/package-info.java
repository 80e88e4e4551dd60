/** Requests and responses on the raw target: authentication, JSON bodies, problem details. It knows no route. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.servlet.internal.http;
