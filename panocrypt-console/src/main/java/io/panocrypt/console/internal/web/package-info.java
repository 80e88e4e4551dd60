/** What the console needs of HTTP: cookies, forms, headers and who may send them. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.console.internal.web;
