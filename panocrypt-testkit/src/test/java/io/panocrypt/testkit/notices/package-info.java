/** Complete services on real stores that send notices through scripted notifiers. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.notices;
