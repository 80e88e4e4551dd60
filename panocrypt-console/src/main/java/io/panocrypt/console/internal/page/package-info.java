/** What the templates show. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.console.internal.page;
