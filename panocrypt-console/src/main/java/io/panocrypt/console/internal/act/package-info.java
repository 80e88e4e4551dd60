/** What the console does for each path. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.console.internal.act;
